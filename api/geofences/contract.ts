import { z } from 'zod';
import { alertSeverities } from '../alerts/contract.ts';
import { areaSchema } from '../grids/contract.ts';
import { unitKinds } from '../positions/contract.ts';
import { textSchema, versionSchema } from '../reading/contract.ts';

export type { Area } from '../grids/contract.ts';

/** The most geofences of a station: each is tested with each fix that comes near it. */
export const maxGeofences = 200;

const hourSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day such as 22:00, in the time zone of the station');

const fields = {
  name: textSchema(50),
  severity: z.enum(alertSeverities),
  onEnter: z.boolean(),
  onLeave: z.boolean(),
  /** A unit inside for longer raises an alert; null: none does. */
  dwellMinutes: z.int().min(1).max(1440).nullable(),
  /** Which units it watches; empty: all. */
  unitKinds: z.array(z.enum(unitKinds)).max(unitKinds.length),
  /** From ≤ time < to, past midnight when from is later than to; null: always. */
  activeHours: z
    .strictObject({ from: hourSchema, to: hourSchema })
    .refine(({ from, to }) => from !== to, { path: ['to'], error: 'another time than from' })
    .nullable(),
  area: areaSchema,
};

type Telling = Record<'onEnter' | 'onLeave', boolean> & { dwellMinutes: number | null };
const tellsSomething = ({ onEnter, onLeave, dwellMinutes }: Telling): boolean =>
  onEnter || onLeave || dwellMinutes !== null;
const tellsNothing = { path: ['onEnter'], error: 'at least one of onEnter, onLeave and dwellMinutes' };

export const geofenceSchema = z.object({
  ...fields,
  id: z.uuid(),
  stationId: z.uuid(),
  version: versionSchema,
});
export type Geofence = z.infer<typeof geofenceSchema>;

/** `GET /api/geofences?station`, by name. */
export const geofencesSchema = z.object({ geofences: z.array(geofenceSchema) });

/** `PUT /api/geofences/{id}`, with If-Match. */
export const geofenceBodySchema = z.strictObject(fields).refine(tellsSomething, tellsNothing);
export type GeofenceBody = z.infer<typeof geofenceBodySchema>;

/** `POST /api/geofences` */
export const newGeofenceSchema = z
  .strictObject({ ...fields, stationId: z.uuid() })
  .refine(tellsSomething, tellsNothing);
