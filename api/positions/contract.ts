import { z } from 'zod';

/** What a unit may be; decides speed limits, stale limits and symbols. */
export const unitKinds = ['foot', 'car', 'bike', 'uav'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** Longitude then latitude, WGS 84 degrees. */
export type LngLat = [lng: number, lat: number];
/** West, south, east, north in WGS 84 degrees. */
export type Bbox = [west: number, south: number, east: number, north: number];

/** West, south, east, north in degrees, as JSON. */
export const bboxTupleSchema = z
  .tuple([
    z.number().min(-180).max(180),
    z.number().min(-90).max(90),
    z.number().min(-180).max(180),
    z.number().min(-90).max(90),
  ])
  .refine(([west, south, east, north]) => west <= east && south <= north, 'west ≤ east and south ≤ north');

export const bboxSchema = z.string().transform((text, context): Bbox => {
  const numbers = text.split(',').map(Number);
  const [west, south, east, north] = numbers;
  if (
    numbers.length !== 4 ||
    west === undefined ||
    south === undefined ||
    east === undefined ||
    north === undefined ||
    !numbers.every(Number.isFinite) ||
    west < -180 ||
    east > 180 ||
    south < -90 ||
    north > 90 ||
    west > east ||
    south > north
  ) {
    context.addIssue({ code: 'custom', message: 'west,south,east,north in degrees, west ≤ east and south ≤ north' });
    return z.NEVER;
  }
  return [west, south, east, north];
});

/** Answer for each fix of a report, in the report's order. */
export const fixOutcomes = ['accepted', 'duplicate', 'conflict', 'quarantined', 'offDuty', 'notAllowed'] as const;
export type FixOutcome = (typeof fixOutcomes)[number];

/** Why a fix was put in quarantine instead of the track. */
export const quarantineReasons = [
  'invalidTime',
  'invalidCoordinates',
  'invalidValue',
  'nullIsland',
  'inFuture',
  'tooOld',
  'inaccurate',
  'impossibleSpeed',
  'frozen',
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** Most fixes that one `POST /api/positions` may carry. */
export const maxFixesPerReport = 1000;

/** One fix as a device or gateway reports it; a report is an array of these. The server checks it by hand (`read-report.ts`), because zod would cost several times what parsing does. */
export interface FixReport {
  /** The device's name in its station. */
  device: string;
  /** ISO 8601 with a zone. */
  at: string;
  lngLat: LngLat;
  accuracyM?: number | null;
  speedMps?: number | null;
  headingDeg?: number | null;
  altitudeM?: number | null;
  batteryPct?: number | null;
}

/** Answer of `POST /api/positions`: one outcome a fix, in the report's order. */
export const reportAnswerSchema = z.object({
  outcomes: z.array(z.object({ outcome: z.enum(fixOutcomes), reason: z.enum(quarantineReasons).optional() })),
});
export type ReportAnswer = z.infer<typeof reportAnswerSchema>;
