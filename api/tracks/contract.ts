import { z } from 'zod';
import { unitKinds } from '../positions/contract.ts';
import { instantSchema } from '../reading/contract.ts';
import { reasonSchema } from '../units/contract.ts';

/** The longest time, the most fixes and the most named units of one answer. */
export const maxTracksRangeMs = 24 * 3_600_000;
export const maxTracksFixes = 2_000_000;
export const maxTracksUnits = 500;

const unitNumbersSchema = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((part) => part.trim()))])
  .pipe(
    z
      .array(
        z
          .string()
          .regex(/^\d{1,9}$/, 'numbers of units, separated by commas')
          .transform(Number),
      )
      .min(1)
      .max(maxTracksUnits, `at most ${maxTracksUnits} units; leave it out for all`),
  );

/**
 * `GET /api/tracks.arrow?station&from&to&units&reason`: fixes with from ≤ time < to of the units with these station-local
 * numbers, or of all. Without a reason only what the viewer took part in: their own shifts on their own units.
 */
export const tracksQuerySchema = z
  .object({
    station: z.uuid('the id of a station (UUID)'),
    from: instantSchema,
    to: instantSchema,
    units: unitNumbersSchema.optional(),
    reason: reasonSchema.optional(),
  })
  .pipe(
    z
      .object({
        station: z.string(),
        from: z.number(),
        to: z.number(),
        units: z.array(z.number()).optional(),
        reason: z.string().optional(),
      })
      .refine(({ from, to }) => from < to, { path: ['to'], error: 'a time after from', abort: true })
      .refine(({ from, to }) => to - from <= maxTracksRangeMs, {
        path: ['to'],
        error: 'a time at most 24 hours after from',
      }),
  );
export type TracksQuery = z.infer<typeof tracksQuerySchema>;

/** A unit of the answer: what it is called now, and how many of its fixes were there when the answer began. */
export const trackedUnitSchema = z.object({
  id: z.uuid(),
  number: z.number(),
  callSign: z.string(),
  kind: z.enum(unitKinds),
  fixes: z.number(),
});
export type TrackedUnit = z.infer<typeof trackedUnitSchema>;

/**
 * The columns of `GET /api/tracks.arrow` (Arrow IPC stream, application/vnd.apache.arrow.stream), ordered by device and
 * then time, so that a unit with one device comes in time order: unit (its number, u8, u16 or u32 as the highest needs),
 * lng and lat i32 in 1e-5 degrees, time u32 in milliseconds since `from`, heading i16 in degrees and speed i16 in
 * decimetres a second, -1 for what the device did not say. The schema's metadata carries `from`, `to`, `station` and
 * `units`, a JSON list of `TrackedUnit` by number.
 */
export const trackColumnNames = ['unit', 'lng', 'lat', 'time', 'heading', 'speed'] as const;
export const unknownFact = -1;
