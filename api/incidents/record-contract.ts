import { z } from 'zod';
import { textSchema, versionSchema } from '../reading/contract.ts';
import { incidentEventKinds, incidentSchema, incidentSources, incidentStates } from './contract.ts';

/** Coordinate systems that a place may come in; what is stored is WGS 84. */
export const placeSystems = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const;

export const maxIncidentTextLength = 2000;
const expectedText = `at most ${maxIncidentTextLength} characters`;
/** Text of several lines; empty is none. */
const longTextSchema = z
  .string(expectedText)
  .trim()
  .max(maxIncidentTextLength, expectedText)
  // Lines end as they do everywhere, so that the same text is the same body.
  .transform((text) => text.replace(/\r\n?/g, '\n') || null)
  .pipe(
    z
      .string()
      // eslint-disable-next-line no-control-regex -- these are the ones that are refused
      .regex(/^[^\0-\x08\x0b-\x1f\x7f]*$/, 'no control characters but line ends and tabs')
      .nullable(),
  );

const oneOf = (names: readonly string[]) => `one of ${names.join(', ')}`;
const expectedLngLat = 'longitude, then latitude, in degrees';
const incidentBody = {
  /** One of `incidentCategories`, or the station's own words. */
  category: textSchema(200),
  source: z.enum(incidentSources, oneOf(incidentSources)),
  /** The sentinel point that told of it; only with the source `sentinel`. */
  sentinelId: z.uuid('the id of a sentinel point of the station (UUID)').toLowerCase().nullish(),
  lngLat: z.tuple([z.number(expectedLngLat), z.number(expectedLngLat)], expectedLngLat),
  /** What `lngLat` is in; WGS 84 when left out. */
  crs: z.enum(placeSystems, oneOf(placeSystems)).optional(),
  occurredAt: z.iso.datetime({ offset: true, error: 'a time with its zone, such as 2026-11-22T08:00:00+08:00' }),
  text: longTextSchema.nullish(),
  /** Left out: open when it is new, as it was when it is corrected. */
  state: z.enum(incidentStates, oneOf(incidentStates)).optional(),
};

/** `PUT /api/incidents/{id}` of a signed-in person. */
export const recordedIncidentSchema = z.strictObject({
  stationId: z.uuid('the id of a station (UUID)').toLowerCase(),
  ...incidentBody,
});
/** `PUT /api/incidents/{id}` of a gateway: its credential names the station. */
export const reportedIncidentSchema = z.strictObject({
  ...incidentBody,
  /** The id in the system that reports; unique in a station and source. */
  sourceId: textSchema(200).optional(),
});
export type RecordedIncident = z.input<typeof recordedIncidentSchema>;

/** What people do to an incident besides correcting it; units' answers come by their dispatch. */
export const enteredEventKinds = ['handedOver', 'closed', 'reopened', 'withdrawn'] as const;
/** `POST /api/incidents/{id}/events`. */
export const enteredEventSchema = z.strictObject({
  /** Made by the client, so that a repeat is the same event. */
  id: z.uuid('an id made for this event (UUID)').toLowerCase(),
  /** `reopened` also brings back what was withdrawn. */
  kind: z.enum(enteredEventKinds, oneOf(enteredEventKinds)),
  note: longTextSchema.nullish(),
});
export type EnteredEvent = z.input<typeof enteredEventSchema>;

export const incidentEventSchema = z.object({
  id: z.uuid(),
  kind: z.enum(incidentEventKinds),
  /** ISO 8601 */
  at: z.string(),
  /** Null: a program did it, or it is not for this viewer. `accountId` null: a system of this name. */
  actor: z.object({ accountId: z.uuid().nullable(), name: z.string() }).nullable(),
  /** Null: it is about none, or units are not for this viewer. */
  unit: z.object({ id: z.uuid(), callSign: z.string() }).nullable(),
  /** By kind. created: `via` desk or gateway; corrected: `before` and `after` of the fields that changed. */
  detail: z.record(z.string(), z.unknown()),
  /** Null: nothing was written, it is not for this viewer, or its time has come. */
  note: z.string().nullable(),
  textBefore: z.string().nullable(),
  textAfter: z.string().nullable(),
});
export type IncidentEvent = z.infer<typeof incidentEventSchema>;

/** `GET /api/incidents/{id}`: what the list tells of it, and its timeline, oldest first. */
export const incidentWithTimelineSchema = incidentSchema.extend({
  /** Recorded by mistake: shown to those who may bring it back, and counted nowhere. */
  isWithdrawn: z.boolean(),
  timeline: z.array(incidentEventSchema),
});
export type IncidentWithTimeline = z.infer<typeof incidentWithTimelineSchema>;

/** Withdrawn incidents are listed up to so many. */
export const maxListedWithdrawn = 200;

/** `GET /api/incidents/withdrawn?station`: those that the viewer may bring back, the latest withdrawn first. */
export const withdrawnQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)').optional() });
export const withdrawnIncidentsSchema = z.object({
  incidents: z.array(
    incidentSchema.extend({
      /** ISO 8601. */
      withdrawnAt: z.string(),
      /** Who did it; null: not for this viewer. */
      withdrawnBy: z.string().nullable(),
    }),
  ),
});
export type WithdrawnIncident = z.infer<typeof withdrawnIncidentsSchema>['incidents'][number];

/** What a gateway is answered. */
export const reportedAnswerSchema = z.object({
  id: z.uuid(),
  number: z.int(),
  state: z.enum(incidentStates),
  version: versionSchema,
});
