import { z } from 'zod';
import { textSchema } from '../reading/contract.ts';

export const alertKinds = [
  'sos',
  'unitStale',
  'stationSilent',
  'geofenceEnter',
  'geofenceLeave',
  'geofenceDwell',
  'dispatchUnanswered',
  'incidentBurst',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** From what cannot wait to what is good to know. */
export const alertSeverities = ['critical', 'warning', 'notice'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** How far back `state=all` goes, days, and the most alerts one answer holds. */
export const alertHistoryDays = 7;
export const maxAlerts = 1000;

/** `GET /api/alerts?station&state`: `open` are those whose cause lasts, acknowledged or not; `all` also those of the last 7 days. */
export const alertsQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)').optional(),
  state: z.enum(['open', 'all']).default('open'),
});

export const alertSchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  kind: z.enum(alertKinds),
  severity: z.enum(alertSeverities),
  /** ISO 8601. */
  openedAt: z.string(),
  unitId: z.uuid().nullable(),
  unitNumber: z.number().nullable(),
  callSign: z.string().nullable(),
  incidentId: z.uuid().nullable(),
  incidentNumber: z.number().nullable(),
  gridId: z.uuid().nullable(),
  gridNumber: z.string().nullable(),
  geofenceId: z.uuid().nullable(),
  geofenceName: z.string().nullable(),
  dispatchId: z.uuid().nullable(),
  /** Where it was when it was raised; null: nowhere in particular, or not known. */
  lngLat: z.tuple([z.number(), z.number()]).nullable(),
  /** What its words are made of, by kind: counts, limits, names of places. */
  detail: z.record(z.string(), z.unknown()),
  acknowledgedAt: z.string().nullable(),
  /** Display name; null: nobody yet, or not for this viewer. */
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
  resolvedAt: z.string().nullable(),
  /** Who closed it by hand; null: its rule did, or not for this viewer. */
  closedBy: z.string().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** Newest first. */
export const alertsSchema = z.object({ alerts: z.array(alertSchema) });

/** `POST /api/alerts/{id}/acknowledge` → the alert. 409 `already-acknowledged` when somebody else was first, 409 `resolved`. */
export const acknowledgeSchema = z.strictObject({ note: textSchema(500).nullable().default(null) });

/**
 * `POST /api/units/{id}/sos` → 201 the alert; 200 when one is open, or this very request was answered before. `lngLat`:
 * where the phone is; without it the unit's newest fix. `at`: when the button was held, ISO 8601, as a phone without
 * signal sends it late. `id`: made by the phone, so that it may send again what it has no answer to.
 * `POST /api/units/{id}/sos/cancel` → the alert, closed; 409 `no-sos`.
 */
export const sosSchema = z.strictObject({
  id: z.uuid().nullable().default(null),
  lngLat: z
    .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
    .nullable()
    .default(null),
  at: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type Sos = z.infer<typeof sosSchema>;
