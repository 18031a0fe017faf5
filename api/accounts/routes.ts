import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { readBody } from '../reading/read-body.ts';
import { createOwnAccountRoutes } from './account-routes.ts';
import { beginSession, ownerOf } from './begin-session.ts';
import { signInSchema } from './contract.ts';
import { describeSession } from './describe-session.ts';
import { createInvitationRoutes } from './invitations/routes.ts';
import { createProviderRoutes } from './oidc/provider-routes.ts';
import { createOidcRoutes } from './oidc/routes.ts';
import { createPasskeyRoutes } from './passkeys/routes.ts';
import { createSecondFactorRoutes } from './second-factor/routes.ts';
import { createSetupRoutes } from './setup/routes.ts';
import { signIn } from './sign-in.ts';
import { createWaysIn, tellOf } from './ways-in.ts';

/** Signing in and out, and what people do with their own account. */
export function createSessionRoutes(dependencies: Dependencies) {
  const { sessions } = dependencies;
  const ways = createWaysIn(dependencies);
  return new Hono()
    .post('/session', async (context) => {
      const body = await readBody(signInSchema, context.req.raw);
      const { accountId, methods } = await signIn(ways, body, context.req.raw);
      return context.json(describeSession(await beginSession(ways, context, accountId, methods)));
    })
    .get('/session', async (context) => {
      const held = await sessions.find(context.req.raw);
      if (!held) throw new Problem(401, 'sign-in-required', 'Sign in first');
      return context.json(describeSession(held), 200, { 'Cache-Control': 'no-store' });
    })
    .delete('/session', async (context) => {
      const held = await sessions.find(context.req.raw);
      if (held) {
        await sessions.end(ownerOf(held), { id: held.session.sessionId });
        await tellOf(ways, held, context.req.raw, 'session.end');
      }
      return context.body(null, 204, { 'Set-Cookie': sessions.clearCookie });
    })
    .route('/', createOwnAccountRoutes(ways))
    .route('/', createSecondFactorRoutes(ways))
    .route('/', createPasskeyRoutes(ways))
    .route('/', createSetupRoutes(ways))
    .route('/', createInvitationRoutes(ways))
    .route('/', createOidcRoutes(ways))
    .route('/', createProviderRoutes(ways));
}
