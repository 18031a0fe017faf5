import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { holds, revalidated } from '../reading/entity-tag.ts';
import { notFound, readQuery } from '../reading/read-query.ts';
import { comparisonSpans } from './comparison-spans.ts';
import { figuresQuerySchema } from './contract.ts';
import { countFigures } from './count-figures.ts';
import { figureScope, seesAny } from './figure-scope.ts';
import { findFigureBase } from './queries.ts';

const minuteMs = 60_000;

export function createFigureRoutes({ database, viewerOf }: Pick<Dependencies, 'database' | 'viewerOf'>) {
  return new Hono().get('/figures', async (context) => {
    const { station } = readQuery(figuresQuerySchema, context.req.query());
    const stationId = station.toLowerCase();
    const scope = figureScope(await viewerOf(context.req.raw), stationId);
    if (!seesAny(scope)) throw notFound('station', station);
    const nowMs = Date.now();
    return database.inScope([stationId], async (transaction) => {
      const base = await findFigureBase(transaction, stationId);
      if (!base) throw notFound('station', station);
      // Nothing but these: whoever asks twice in a minute in which nothing changed is answered without counting.
      const depends = [stationId, scope, Math.floor(nowMs / minuteMs), base];
      const tag = `W/"${createHash('sha256').update(JSON.stringify(depends)).digest('base64url').slice(0, 22)}"`;
      if (holds(context, tag)) return context.body(null, 304, revalidated(tag));
      const spans = comparisonSpans(nowMs, base.timeZone);
      const figures = await countFigures(transaction, { stationId, timeZone: base.timeZone, nowMs, spans, scope });
      return context.json(figures, 200, revalidated(tag));
    });
  });
}
