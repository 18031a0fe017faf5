import { z } from 'zod';
import { instantSchema, textSchema, timeTextSchema, versionSchema } from '../reading/contract.ts';
import { unitKinds, type UnitKind } from '../positions/contract.ts';
import { memberRoles } from '../sentinels/contract.ts';

/** Seconds after which a unit that has not reported is listed as stale. */
export const staleAfterS: Readonly<Record<UnitKind, number>> = { foot: 300, bike: 180, car: 120, uav: 30 };

export const dutyStates = ['on', 'off'] as const;
export type DutyState = (typeof dutyStates)[number];

/** `GET /api/units?station` */
export const unitsQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)').optional() });

export const unitSchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  /** Station-local number (u32), the unit's name in live frames. */
  number: z.number(),
  callSign: z.string(),
  kind: z.enum(unitKinds),
  dutyState: z.enum(dutyStates),
  /** Null: off duty, never reported, or not for this viewer; then all that was measured is null too. */
  lngLat: z.tuple([z.number(), z.number()]).nullable(),
  /** When the device was there, ISO 8601. */
  at: z.string().nullable(),
  /** On duty and silent for longer than `staleAfterS` of its kind, or never heard. */
  stale: z.boolean(),
  speedMps: z.number().nullable(),
  headingDeg: z.number().nullable(),
  batteryPct: z.number().nullable(),
  accuracyM: z.number().nullable(),
  /** Members of the shift that runs now. */
  crew: z.array(z.object({ displayName: z.string(), role: z.enum(memberRoles) })),
  equipment: z.array(z.object({ kind: z.string(), quantity: z.number() })),
  version: versionSchema,
});

export const unitsSchema = z.object({ units: z.array(unitSchema) });

export type Unit = z.infer<typeof unitSchema>;

const unitBodySchema = z.strictObject({
  callSign: textSchema(100),
  kind: z.enum(unitKinds),
  equipment: z
    .array(z.strictObject({ kind: textSchema(50), quantity: z.int().min(1).max(10_000) }))
    .max(50)
    .refine((list) => new Set(list.map(({ kind }) => kind)).size === list.length, 'each kind of equipment once'),
});

/** `POST /api/units`: a new unit is off duty and gets the station's next number. Answered with the unit. */
export const newUnitSchema = unitBodySchema.extend({
  stationId: z.uuid(),
  equipment: unitBodySchema.shape.equipment.default([]),
});
export type NewUnit = z.infer<typeof newUnitSchema>;

/** `PATCH /api/units/{id}`: what is left out stays; `equipment` is replaced whole. */
export const unitChangeSchema = unitBodySchema.partial();
export type UnitChange = z.infer<typeof unitChangeSchema>;

/** The longest time and the most fixes one track answer holds. */
export const maxTrackRangeMs = 7 * 86_400_000;
export const maxTrackFixes = 100_000;

/** Characters of the reason that a look at a past track is given. */
export const maxReasonLength = 200;

/** Trimmed; empty is none. */
export const reasonSchema = z
  .string()
  .trim()
  .refine((text) => [...text].length <= maxReasonLength, `at most ${maxReasonLength} characters`);

/**
 * `GET /api/units/{id}/track?from&to&reason`: fixes with from ≤ time < to, in milliseconds since 1970. Without a reason
 * only what the viewer took part in is answered: the time of their own shifts on the unit.
 */
export const trackQuerySchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    reason: reasonSchema.optional(),
  })
  .pipe(
    z
      .object({ from: z.number(), to: z.number(), reason: z.string().optional() })
      .refine(({ from, to }) => from < to, { path: ['to'], error: 'a time after from', abort: true })
      .refine(({ from, to }) => to - from <= maxTrackRangeMs, {
        path: ['to'],
        error: 'a time at most 7 days after from',
      }),
  );

/**
 * Properties of a piece of a track: a LineString, or a Point where only one fix stands alone. A new piece begins where
 * the unit was silent for longer than `staleAfterS` of its kind, and with each device.
 */
export const trackPropertiesSchema = z.object({
  unitId: z.uuid(),
  callSign: z.string(),
  device: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  fixCount: z.number(),
  /** One ISO 8601 time a position, in the order of the positions. */
  times: z.array(z.string()),
});

export type TrackProperties = z.infer<typeof trackPropertiesSchema>;

/** The longest shift, and how long a shift is whose end nobody says and no crew's roster tells. */
export const maxShiftMs = 24 * 3_600_000;
export const defaultShiftMs = 8 * 3_600_000;
/** So long before the rostered time a crew may start its own shift, and so long after its end start it again. */
export const ownShiftEarlyMs = 30 * 60_000;
export const ownShiftAgainMs = 60 * 60_000;

/**
 * `POST /api/units/{id}/shift`. Starting one that runs changes its end. `endsAt` only with `start`: null or left out, the
 * end of the crew's rostered shift, else `defaultShiftMs` from now.
 */
export const shiftSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('start'),
    endsAt: timeTextSchema.nullish(),
  }),
  z.strictObject({ action: z.literal('end') }),
]);
export type ShiftOrder = z.infer<typeof shiftSchema>;

/** What it answers. */
export const shiftStateSchema = z.object({
  unitId: z.uuid(),
  dutyState: z.enum(dutyStates),
  /** ISO 8601; null: off duty, or on duty since it was made. */
  startedAt: z.string().nullable(),
  /** When it is planned to end; some hours later it ends by itself. */
  endsAt: z.string().nullable(),
});
export type ShiftState = z.infer<typeof shiftStateSchema>;
