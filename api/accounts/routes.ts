import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { readBody } from '../reading/read-body.ts';
import { signInSchema } from './contract.ts';
import { describeSession } from './describe-session.ts';
import { checkPassword } from './sign-in.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** Signing in and out. */
export function createSessionRoutes({ database, sessions }: Pick<Dependencies, 'database' | 'sessions'>) {
  return new Hono()
    .post('/session', async (context) => {
      const body = await readBody(signInSchema, context.req.raw);
      const { accountId } = await checkPassword(database, body);
      const { setCookie, held } = await sessions.begin(accountId, {
        methods: ['pwd'],
        userAgent: context.req.header('User-Agent') ?? null,
        address: clientAddressOf(context.req.raw),
      });
      return context.json(describeSession(held), 200, { ...unkept, 'Set-Cookie': setCookie });
    })
    .get('/session', async (context) => {
      const held = await sessions.find(context.req.raw);
      if (!held) throw new Problem(401, 'sign-in-required', 'Sign in first');
      return context.json(describeSession(held), 200, unkept);
    })
    .delete('/session', async (context) => {
      const held = await sessions.find(context.req.raw);
      if (held)
        await sessions.end(
          { stationId: held.session.stationId, accountId: held.session.accountId },
          { id: held.session.sessionId },
        );
      return context.body(null, 204, { 'Set-Cookie': sessions.clearCookie });
    });
}
