import { Hono } from 'hono';
import type { Dependencies } from '../../app.ts';
import { Problem } from '../../errors.ts';
import { stationQuerySchema } from '../../reading/contract.ts';
import { readBody } from '../../reading/read-body.ts';
import { notFound, readQuery } from '../../reading/read-query.ts';
import { requireAction, stationsFor } from '../audience.ts';
import { recordChange } from '../record-change.ts';
import { signInRulesSchema } from './contract.ts';
import { findSignInRules, putSignInRules } from './rule-queries.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** What a station asks of who signs in. */
export function createSignInRuleRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;
  return new Hono()
    .get('/sign-in-rules', async (context) => {
      const { station } = readQuery(stationQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const theirs = stationsFor(viewer, 'manageAccounts');
      if (theirs.length === 0)
        throw new Problem(403, 'not-allowed', 'This account may not do that here', {
          detail: 'What is asked of who signs in is for administrators.',
        });
      const stationIds = station === undefined ? theirs : theirs.filter((id) => id === station.toLowerCase());
      if (station !== undefined && stationIds.length === 0) throw notFound('station', station);
      const rules = await database.inScope(stationIds, (transaction) => findSignInRules(transaction, stationIds));
      return context.json({ rules }, 200, unkept);
    })
    .put('/sign-in-rules', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(signInRulesSchema, request);
      const stationId = body.stationId.toLowerCase();
      requireAction(viewer, stationId, 'manageAccounts');
      const rules = { stationId, secondFactorRoles: [...new Set(body.secondFactorRoles)].toSorted() };
      await database.inScope([stationId], async (transaction) => {
        const [before] = await findSignInRules(transaction, [stationId]);
        await putSignInRules(transaction, rules);
        const change = {
          stationId,
          action: 'sign-in-rules.change',
          target: { kind: 'station', id: stationId, name: '' },
          detail: { before: before?.secondFactorRoles ?? [], after: rules.secondFactorRoles },
        };
        await recordChange(dependencies, transaction, { viewer, request }, change);
      });
      // Who is asked now is asked at once, not at the next sign-in.
      sessions.forget();
      return context.json(rules, 200, unkept);
    });
}
