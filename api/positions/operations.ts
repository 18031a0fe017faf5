import { z } from 'zod';
import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { maxFixesPerReport, reportAnswerSchema } from './contract.ts';

const { get, change } = inRoom('Positions');

/** What `read-report.ts` reads by hand. */
const reportSchema = z
  .array(
    z.object({
      device: z.string(),
      at: z.iso.datetime({ offset: true }),
      lngLat: z.tuple([z.number(), z.number()]),
      accuracyM: z.number().nullish(),
      speedMps: z.number().nullish(),
      headingDeg: z.number().nullish(),
      altitudeM: z.number().nullish(),
      batteryPct: z.number().nullish(),
    }),
  )
  .max(maxFixesPerReport);

/** The parts of the OsmAnd protocol that are read. */
const osmandQuerySchema = z.object({
  id: z.string().optional(),
  timestamp: z.string().optional(),
  lat: z.string().optional(),
  lon: z.string().optional(),
  speed: z.string().optional(),
  bearing: z.string().optional(),
  altitude: z.string().optional(),
  accuracy: z.string().optional(),
  batt: z.string().optional(),
});

const osmand = {
  access: 'sender',
  query: osmandQuerySchema,
  answers: { 200: { says: 'it was stored, or put in quarantine', mediaType: 'text/plain' } },
} as const;

export const positionOperations: readonly Operation[] = [
  change('post', '/api/positions', 'Reports fixes; answered when they are committed', {
    access: 'sender',
    body: reportSchema,
    answers: { 200: json('one outcome a fix, in the report’s order', reportAnswerSchema) },
  }),
  get('/api/osmand', 'Reports one fix in the protocol of OsmAnd; id is the device’s token', osmand),
  change('post', '/api/osmand', 'The same as Traccar Client sends it, in the address or the body', osmand),
];
