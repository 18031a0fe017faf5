import { z } from 'zod';
import { incidentSources } from '../incidents/contract.ts';
import { maxTracksRangeMs } from '../tracks/contract.ts';
import { instantSchema } from '../reading/contract.ts';

/** The most events of one answer. */
export const maxEvents = 5000;

/** `GET /api/events?station&from&to`: from ≤ at < to. */
export const eventsQuerySchema = z
  .object({ station: z.uuid('the id of a station (UUID)'), from: instantSchema, to: instantSchema })
  .pipe(
    z
      .object({ station: z.string(), from: z.number(), to: z.number() })
      .refine(({ from, to }) => from < to, { path: ['to'], error: 'a time after from', abort: true })
      .refine(({ from, to }) => to - from <= maxTracksRangeMs, {
        path: ['to'],
        error: 'a time at most 24 hours after from',
      }),
  );

/** `incident`: one happened; `step`: one of its timeline; `alert`: one was raised. */
export const eventKinds = ['incident', 'step', 'alert'] as const;

export const eventSchema = z.object({
  kind: z.enum(eventKinds),
  /** ISO 8601. */
  at: z.string(),
  /** The incident's category, the step's or the alert's kind. */
  name: z.string(),
  /** Station-local number of the incident that it is about. */
  incident: z.number().nullable(),
  source: z.enum(incidentSources).nullable(),
  /** Station-local number of the unit that it is about. */
  unit: z.number().nullable(),
  lngLat: z.tuple([z.number(), z.number()]).nullable(),
});
export type StationEvent = z.infer<typeof eventSchema>;

/** In the order of time; `isWhole` false: there are more than one answer holds. */
export const eventsSchema = z.object({ events: z.array(eventSchema), isWhole: z.boolean() });
export type StationEvents = z.infer<typeof eventsSchema>;
