import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import type { Dependencies } from '../../app.ts';
import type { Transaction } from '../../database/database.ts';
import { Problem } from '../../errors.ts';
import { readBody } from '../../reading/read-body.ts';
import { notFound, readId } from '../../reading/read-query.ts';
import { recordChange } from '../record-change.ts';
import type { Viewer } from '../viewer.ts';
import { maxTokensPerAccount, newTokenSchema } from './contract.ts';
import { deleteToken, findTokens, insertToken } from './queries.ts';
import { hashPersonalToken, makePersonalToken } from './tokens.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** One's own personal tokens: made, listed and revoked by the person, never by a token. */
export function createTokenRoutes(dependencies: Dependencies) {
  const { database, viewerOf, tokens } = dependencies;

  async function personOf(request: Request): Promise<Viewer> {
    const viewer = await viewerOf(request);
    if (viewer.kind !== 'person')
      throw new Problem(403, 'not-allowed', 'Only a person who is signed in has tokens', {
        detail: 'A token makes no tokens, and a screen has none.',
      });
    return viewer;
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    token: { id: string; name: string },
    detail: Record<string, unknown> = {},
  ) =>
    recordChange(dependencies, transaction, by, {
      stationId: by.viewer.homeStationId,
      action,
      target: { kind: 'token', ...token },
      detail,
    });

  return new Hono()
    .get('/account/tokens', async (context) => {
      const { accountId, homeStationId } = await personOf(context.req.raw);
      const list = await database.inScope([homeStationId], (transaction) =>
        findTokens(transaction, homeStationId, accountId),
      );
      return context.json({ tokens: list }, 200, unkept);
    })
    .post('/account/tokens', async (context) => {
      const request = context.req.raw;
      const viewer = await personOf(request);
      const { name, nouns, expiresInDays } = await readBody(newTokenSchema, request);
      const { accountId, homeStationId: stationId } = viewer;
      const secret = makePersonalToken();
      const id = uuidv7();
      const token = await database.inScope([stationId], async (transaction) => {
        if ((await findTokens(transaction, stationId, accountId)).length >= maxTokensPerAccount)
          throw new Problem(409, 'too-many-tokens', `An account holds at most ${maxTokensPerAccount} tokens`, {
            detail: 'Revoke one that is no longer used.',
          });
        await insertToken(transaction, {
          id,
          stationId,
          accountId,
          name,
          nouns,
          tokenHash: hashPersonalToken(secret),
          expiresAt: new Date(Date.now() + expiresInDays * 86_400_000),
        });
        const [made] = (await findTokens(transaction, stationId, accountId)).filter((candidate) => candidate.id === id);
        await record(transaction, { viewer, request }, 'token.create', { id, name }, { nouns, expiresInDays });
        return made!;
      });
      return context.json({ token, secret }, 201, unkept);
    })
    .delete('/account/tokens/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'token');
      const viewer = await personOf(request);
      await database.inScope([viewer.homeStationId], async (transaction) => {
        const name = await deleteToken(
          transaction,
          { stationId: viewer.homeStationId, accountId: viewer.accountId },
          id,
        );
        if (name === null) throw notFound('token', id);
        await record(transaction, { viewer, request }, 'token.revoke', { id, name });
      });
      tokens.forget();
      return context.body(null, 204);
    });
}
