import { z } from 'zod';
import { textSchema, versionSchema } from '../reading/contract.ts';

/** From the top: a station never stands under one of a lower kind. */
export const stationKinds = ['city', 'district', 'station'] as const;
export type StationKind = (typeof stationKinds)[number];

export const stationSchema = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  kind: z.enum(stationKinds),
  name: z.string(),
  /** IANA time zone. */
  timeZone: z.string(),
  isDemo: z.boolean(),
  /** West, south, east, north of its area of responsibility, its grids or its sentinel points; null when it has none. */
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
  version: versionSchema,
});

export const stationsSchema = z.object({ stations: z.array(stationSchema) });

export type Station = z.infer<typeof stationSchema>;

const timeZoneSchema = z.string('an IANA time zone such as Asia/Shanghai').trim().min(1).max(64);

/** `POST /api/stations`: a station under one that the viewer administers. */
export const newStationSchema = z.strictObject({
  parentId: z.uuid('the id of the station it stands under'),
  kind: z.enum(stationKinds),
  name: textSchema(100),
  timeZone: timeZoneSchema,
});
export type NewStation = z.infer<typeof newStationSchema>;

/** `PATCH /api/stations/{id}`: what is left out stays. */
export const stationChangeSchema = newStationSchema.partial();
export type StationChange = z.infer<typeof stationChangeSchema>;
