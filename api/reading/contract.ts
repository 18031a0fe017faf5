import { z } from 'zod';

/** Text a person typed: trimmed, neither empty nor longer than this, on one line. */
export const textSchema = (maxLength: number) => {
  const expected = `1 to ${maxLength} characters on one line`;
  return z
    .string(expected)
    .trim()
    .min(1, expected)
    .max(maxLength, expected)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, expected);
};

const expectedTime = 'a time with its zone, such as 2026-11-22T08:00:00+08:00 or 2026-11-22T00:00:00Z';

/** A moment as it is written, ISO 8601. */
export const timeTextSchema = z
  .string(expectedTime)
  // An unescaped + in an address arrives as a space.
  .transform((text) => text.replace(/ (?=\d\d:?\d\d$)/, '+'))
  .pipe(z.iso.datetime({ offset: true, error: expectedTime }));

/** A moment, as milliseconds since 1970. */
export const instantSchema = timeTextSchema.transform((text) => Date.parse(text));

/**
 * Raised with every change of a row. Who changes one sends the version they saw, `If-Match: "3"` (or `*` for whatever
 * stands): 412 when it has changed since, 428 when none was sent.
 */
export const versionSchema = z.int().min(1);

export const stationQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)').optional() });

/**
 * `DELETE …?confirm=…`. Without it, and when what would go has changed since, the answer is a 409 of this kind: show
 * `losses` to the person, then send `confirm` back.
 */
export const deletionQuerySchema = z.object({ confirm: z.string().max(64).optional() });
export const confirmationProblemType = '/problems/confirmation-required';
export const confirmationSchema = z.object({
  type: z.literal(confirmationProblemType),
  title: z.string(),
  status: z.literal(409),
  detail: z.string(),
  /** What goes with it, by noun; 0 is left out. */
  losses: z.record(z.string(), z.int()),
  confirm: z.string(),
});
export type Confirmation = z.infer<typeof confirmationSchema>;

/**
 * Why a field was refused, for a screen to say in its own language; `params` are what its sentence needs. New ones may
 * come: who does not know one says that the field was refused, or `expected`, which is English.
 * `missing` · `type` of JSON {type} · `format` {format} · `choice` {choices} · `tooShort`, `tooLong` in characters,
 * `tooFew`, `tooMany` of a list, `tooSmall`, `tooLarge` {min} or {max} · `unknown` fields {names} · `repeated` · `taken`
 * by another row · `elsewhere`: of another station · `officerHere`: an officer is of the station itself · `wallAlone` ·
 * `notAfter` its beginning · `tooLate` {hours} after it · `past` · `busy` {name, callSign} · `timeZone` · `below` itself
 * in the tree, `rank` in it · `openRing` · `crossing` rings · `noCut`: a line that does not cross a grid once ·
 * `severalParts` of a grid · `apart`: no shared border · `https` · `same` as before · `invalid`: anything else.
 */
export const fieldCodes = [
  'missing',
  'type',
  'format',
  'choice',
  'tooShort',
  'tooLong',
  'tooFew',
  'tooMany',
  'tooSmall',
  'tooLarge',
  'unknown',
  'repeated',
  'taken',
  'elsewhere',
  'officerHere',
  'wallAlone',
  'notAfter',
  'tooLate',
  'past',
  'busy',
  'timeZone',
  'below',
  'rank',
  'openRing',
  'crossing',
  'noCut',
  'severalParts',
  'apart',
  'https',
  'same',
  'invalid',
] as const;
export type FieldCode = (typeof fieldCodes)[number];

/** One field that was refused: where it is, what came and what was expected, in English; and why, by code. */
export const fieldErrorSchema = z.object({
  field: z.string(),
  got: z.string(),
  expected: z.string(),
  code: z.enum(fieldCodes).optional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type FieldError = z.infer<typeof fieldErrorSchema>;

/** RFC 9457, the body of every refused request. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(fieldErrorSchema).optional(),
});
