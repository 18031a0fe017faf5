import { z } from 'zod';
import { unitKinds } from '../positions/contract.ts';
import { memberRoles, sentinelKinds } from '../sentinels/contract.ts';

export const dispatchStates = ['sent', 'accepted', 'arrived', 'handedOver', 'closed', 'declined', 'cancelled'] as const;
export type DispatchState = (typeof dispatchStates)[number];

/** In these a unit is busy with it. */
export const openDispatchStates = ['sent', 'accepted', 'arrived'] as const satisfies readonly DispatchState[];
export const isOpenDispatch = (state: DispatchState): boolean =>
  openDispatchStates.some((open: DispatchState) => open === state);

/** What a crew answers. */
export const dispatchAnswers = ['accepted', 'declined', 'arrived', 'handedOver', 'closed'] as const;
export type DispatchAnswer = (typeof dispatchAnswers)[number];

/** How long a dispatch may stand unanswered where a station says nothing else, seconds. */
export const defaultAnswerSeconds = 120;
export const [minAnswerSeconds, maxAnswerSeconds] = [15, 3600];
export const maxUnitsPerOrder = 20;
export const maxNoteLength = 500;
/** Dispatches that ended are listed for so long. */
export const listedHours = 24;

/** What a person wrote, over several lines perhaps. */
const noteSchema = z
  .string()
  .trim()
  .max(maxNoteLength)
  .regex(/^[^\p{Cc}\p{Cs}]*(?:[\n\t][^\p{Cc}\p{Cs}]*)*$/u, `up to ${maxNoteLength} characters of text`)
  .transform((text) => text || null)
  .nullable()
  .default(null);

const lngLatSchema = z.tuple([z.number(), z.number()]);

/**
 * `PUT /api/dispatches/{uuid}`: the id is the order's, made where it is given. The same again answers the same; another
 * order under that id is a 409 `order-taken`, a unit that is under way there already a 409 `already-dispatched`.
 */
export const orderSchema = z.strictObject({
  incidentId: z.uuid(),
  unitIds: z
    .array(z.uuid())
    .min(1)
    .max(maxUnitsPerOrder)
    .refine((ids) => new Set(ids.map((id) => id.toLowerCase())).size === ids.length, 'each unit once'),
  note: noteSchema,
});
export type Order = z.infer<typeof orderSchema>;

/**
 * `POST /api/dispatches/{id}/answer`: `id` is the answer's own, so that one sent twice is one. By the crew; by the desk it
 * is what the crew said by radio. 409 `dispatch-state` with `state` and `possible` when it cannot follow.
 */
export const answerSchema = z.strictObject({
  id: z.uuid(),
  answer: z.enum(dispatchAnswers),
  /** Why, of a crew that declines; what was found, of one that closes. */
  reason: noteSchema,
  /** When it was said, ISO 8601: a phone without signal sends it later. */
  at: z.iso.datetime({ offset: true }).optional(),
});
export type Answer = z.infer<typeof answerSchema>;

/** `POST /api/dispatches/{id}/cancel`: the desk calls the unit back. */
export const cancellationSchema = z.strictObject({ id: z.uuid(), reason: noteSchema });

export const dispatchesQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)').optional(),
  /** `open`: those under way. Without it also those that ended within the last day. */
  state: z.enum(['open']).optional(),
});

export const dispatchStepSchema = z.object({
  state: z.enum(dispatchStates),
  /** ISO 8601. */
  at: z.string(),
  /** Who; null: not for this viewer. */
  name: z.string().nullable(),
  /** The desk wrote down what the crew said by radio. */
  isByRadio: z.boolean(),
  /** What was written with it; null: nothing, or not for this viewer. */
  text: z.string().nullable(),
});
export type DispatchStep = z.infer<typeof dispatchStepSchema>;

export const dispatchSchema = z.object({
  id: z.uuid(),
  /** Several units sent with one order have this in common. */
  orderId: z.uuid(),
  stationId: z.uuid(),
  state: z.enum(dispatchStates),
  /** ISO 8601. */
  sentAt: z.string(),
  /** By when an answer is due; later it is overdue and an alert is open. */
  answerDueAt: z.string(),
  unit: z.object({ id: z.uuid(), number: z.number(), callSign: z.string(), kind: z.enum(unitKinds) }),
  incident: z.object({
    id: z.uuid(),
    number: z.number(),
    category: z.string(),
    lngLat: lngLatSchema,
    /** It was taken back as recorded by mistake: call the unit back. */
    isWithdrawn: z.boolean(),
  }),
  /** In order, the first is `sent` with the text of the order. */
  steps: z.array(dispatchStepSchema),
});
export type Dispatch = z.infer<typeof dispatchSchema>;

/** Newest first. */
export const dispatchesSchema = z.object({ dispatches: z.array(dispatchSchema) });

/** `PUT /api/stations/{id}/dispatch-settings`; GET answers the same. */
export const dispatchSettingsSchema = z.strictObject({
  answerSeconds: z.int().min(minAnswerSeconds).max(maxAnswerSeconds),
});
export type DispatchSettings = z.infer<typeof dispatchSettingsSchema>;

const nearestFilter = {
  /** Only units that carry all of these kinds, separated by commas. */
  equipment: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().min(1).max(50)).max(10))
    .optional(),
  kinds: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(unitKinds)).min(1).max(unitKinds.length))
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(200))
    .default(20),
};

const degrees = (most: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,20})?$/, 'degrees')
    .transform(Number)
    .pipe(z.number().min(-most).max(most));

/** `GET /api/incidents/{id}/nearest` */
export const nearestQuerySchema = z.object(nearestFilter);
export type NearestQuery = z.infer<typeof nearestQuerySchema>;
/** `GET /api/nearest`: the same for a place. */
export const nearestToPlaceQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)'),
  lng: degrees(180),
  lat: degrees(90),
  ...nearestFilter,
});

/** How one gets there. */
export const travelSchema = z.object({
  seconds: z.number(),
  metres: z.number(),
  /** `straightLine`: there is no street to go by, or it flies; what lies between is not known. */
  by: z.enum(['street', 'straightLine']),
  /** What was reckoned with along a straight line, metres a second; null: by street, by the class of each. */
  speedMps: z.number().nullable(),
  /** From where the unit is to the place. */
  lngLats: z.array(lngLatSchema),
});
export type Travel = z.infer<typeof travelSchema>;

export const candidateSchema = z.object({
  unit: z.object({ id: z.uuid(), number: z.number(), callSign: z.string(), kind: z.enum(unitKinds) }),
  /** Null: it is on duty and was never heard. */
  lngLat: lngLatSchema.nullable(),
  /** When it was there, ISO 8601. */
  at: z.string().nullable(),
  ageS: z.number().nullable(),
  /** Silent for longer than its kind may be: it may be elsewhere. Ranked after all that are fresh. */
  isStale: z.boolean(),
  /** Null where its place is not known. */
  travel: travelSchema.nullable(),
  crew: z.array(z.object({ displayName: z.string(), role: z.enum(memberRoles) })),
  equipment: z.array(z.object({ kind: z.string(), quantity: z.number() })),
  /** What it is under way to already. */
  dispatches: z.array(
    z.object({ id: z.uuid(), state: z.enum(dispatchStates), incidentId: z.uuid(), incidentNumber: z.number() }),
  ),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** Units on duty, soonest there first. */
export const nearestSchema = z.object({
  place: z.object({
    lngLat: lngLatSchema,
    incident: z.object({ id: z.uuid(), number: z.number(), category: z.string() }).nullable(),
  }),
  candidates: z.array(candidateSchema),
});
export type Nearest = z.infer<typeof nearestSchema>;

/** Sentinel points so near are in a brief, metres. */
export const briefRadiusM = 300;

/** `GET /api/dispatches/{id}/brief` (数据伴随): what a crew should know on the way. */
export const briefSchema = z.object({
  dispatchId: z.uuid(),
  state: z.enum(dispatchStates),
  incident: z.object({
    id: z.uuid(),
    number: z.number(),
    category: z.string(),
    at: z.string(),
    lngLat: lngLatSchema,
    /** Null: nothing was written down, or the dispatch has ended and texts are not this viewer's. */
    text: z.string().nullable(),
  }),
  /** The text of the order. */
  note: z.string().nullable(),
  /** From the unit's newest place; null: that is not known. */
  travel: travelSchema.extend({ at: z.string() }).nullable(),
  /** Within `briefRadiusM`, nearest first. */
  sentinels: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      kind: z.enum(sentinelKinds),
      address: z.string().nullable(),
      lngLat: lngLatSchema,
      distanceM: z.number(),
      members: z.array(
        z.object({
          displayName: z.string(),
          role: z.enum(memberRoles),
          skills: z.array(z.string()),
          phone: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type Brief = z.infer<typeof briefSchema>;
