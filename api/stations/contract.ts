import { z } from 'zod';

export const stationSchema = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  kind: z.enum(['city', 'district', 'station']),
  name: z.string(),
  /** IANA time zone. */
  timeZone: z.string(),
  isDemo: z.boolean(),
  /** West, south, east, north of its area of responsibility, its grids or its sentinel points; null when it has none. */
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
});

export const stationsSchema = z.object({ stations: z.array(stationSchema) });

export type Station = z.infer<typeof stationSchema>;
