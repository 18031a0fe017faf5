import { z } from 'zod';
import { alertSeverities } from '../alerts/contract.ts';
import { unitKinds } from '../positions/contract.ts';

/** `GET /api/figures?station` */
export const figuresQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)') });

/** Days in which a sentinel point that told of an incident counts as reporting. */
export const reportingDays = 7;

/** from ≤ time < to, ISO 8601; `count` null: one or two, told only to who sees incidents exactly. */
const spanSchema = z.object({ from: z.string(), to: z.string(), count: z.number().nullable() });

const comparedSchema = spanSchema.extend({
  /** Today's count against this one, in percent; null where there is nothing to divide by or a count is not told. */
  changePct: z.number().nullable(),
});

/** The numbers of a station's wall. A part is null where its noun is not for this viewer. */
export const figuresSchema = z.object({
  stationId: z.uuid(),
  /** The minute these numbers are of, ISO 8601. */
  at: z.string(),
  timeZone: z.string(),
  /** Units by kind, kinds the station has none of left out. */
  strength: z.array(z.object({ kind: z.enum(unitKinds), onDuty: z.number(), total: z.number() })).nullable(),
  incidents: z
    .object({
      today: spanSchema,
      /** 环比: the same weekday a week ago, up to the same time of day. */
      lastWeek: comparedSchema,
      /** 同比: the same weekday 52 weeks ago, up to the same time of day. */
      lastYear: comparedSchema,
      /** Not closed yet; null where only counts of whole hours are told. */
      open: z.number().nullable(),
    })
    .nullable(),
  /** Sentinel points that told of an incident in the last `reportingDays` days, of all. */
  sentinels: z.object({ reporting: z.number(), total: z.number() }).nullable(),
  /** Those whose cause lasts; from the severest. */
  alerts: z
    .object({
      open: z.number(),
      unacknowledged: z.number(),
      bySeverity: z.array(
        z.object({ severity: z.enum(alertSeverities), count: z.number(), unacknowledged: z.number() }),
      ),
    })
    .nullable(),
  /** Dispatches that have not ended, and those of them that no crew has answered. */
  dispatches: z.object({ running: z.number(), unanswered: z.number() }).nullable(),
});
export type Figures = z.infer<typeof figuresSchema>;
