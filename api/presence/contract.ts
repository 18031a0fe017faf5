// Presence (巡逻时长): how long units were in each grid.
//
// A unit is present for the time between two consecutive fixes of its track. Two fixes further apart than the limit that
// also cuts a track on the map (`staleAfterS` of its kind) have a gap between them, and a gap is not presence. Between two
// fixes it is taken to have moved straight and evenly, so that the time is shared among grids by the length of the line in
// each. Sharing it by halves, the other usual rule, gives nothing to a grid that is crossed between two fixes: at a bike's
// 180 s that is most of them. A moment counts for one grid, also where grids overlap or a unit follows their border (the
// first by number), and once, also where two devices report for one unit: so the sum over all grids is the time on track
// inside them. Fixes exist of units on duty alone, and so does presence.
//
// A visit is a stay of `visitMs` at least within `visitWithinMs` of coming in; being away for less than `absenceMs` does
// not end a stay. It counts in the hour in which it began. What a beat-patrol study calls dose is both (Koper, 1995).
import { z } from 'zod';
import { unitKinds } from '../positions/contract.ts';
import { instantSchema } from '../reading/contract.ts';

export { GridIndex, type IndexedGrid } from './grid-index.ts';

export const absenceMs = 120_000;
export const visitMs = 60_000;
export const visitWithinMs = 300_000;

export const hourMs = 3_600_000;
/** The longest time one answer counts. */
export const maxPresenceMs = 400 * 24 * hourMs;

/**
 * `GET /api/presence?station&from&to&kinds`: whole hours, those of which a part lies in from ≤ time < to. Without `to`
 * until now, without `from` the 24 hours before.
 */
export const presenceQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)'),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  kinds: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(unitKinds)).min(1))
    .optional(),
});
export type PresenceQuery = z.infer<typeof presenceQuerySchema>;

export const presenceSchema = z.object({
  /** What was counted, ISO 8601. */
  from: z.string(),
  to: z.string(),
  /** The first hour with a track; null: nobody was ever tracked here, so that 0 would say nothing. */
  countedFrom: z.string().nullable(),
  /** Hours of this time that are to be computed still, or again after late fixes: the numbers rise. */
  hoursDue: z.int(),
  /** Every grid of the station, also with nothing. */
  grids: z.array(z.object({ gridId: z.uuid(), seconds: z.number(), visits: z.int() })),
});
export type Presence = z.infer<typeof presenceSchema>;
