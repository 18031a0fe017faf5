import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { unitKinds } from '../positions/contract.ts';
import { notFound, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { hourMs, maxPresenceMs, presenceQuerySchema } from './contract.ts';
import { findPresence } from './find-presence.ts';
import { hourOf } from './hours.ts';
import { runningPresenceOf } from './running-presence.ts';

/** How long units were in each grid; never which. */
export function createPresenceRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  const running = runningPresenceOf(database);
  return new Hono().get('/presence', async (context) => {
    const { station, from, to, kinds = unitKinds } = readQuery(presenceQuerySchema, context.req.query());
    const { exactStationIds } = readScope(await viewerOf(context.req.raw), 'presence', station);
    const [stationId] = exactStationIds;
    if (stationId === undefined) throw notFound('station', station);
    const nowMs = Date.now();
    const toMs = Math.ceil(Math.min(to ?? nowMs, nowMs) / hourMs) * hourMs;
    const fromMs = hourOf(from ?? toMs - 24 * hourMs);
    if (fromMs >= toMs || toMs - fromMs > maxPresenceMs) throw wrongSpan(context.req.query());
    const answer = await findPresence(database, running, stationId, { fromMs, toMs, kinds }, nowMs);
    return context.json(answer, 200, { 'Cache-Control': 'no-store' });
  });
}

const wrongSpan = ({ from = '', to = '' }: Record<string, string>) =>
  new Problem(400, 'invalid-query', 'The address has a value that cannot be used', {
    errors: [{ field: 'to', got: `${from} … ${to}`, expected: 'a time after from, at most 400 days' }],
  });
