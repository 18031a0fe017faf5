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

/** RFC 9457, the body of every refused request. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), got: z.string(), expected: z.string() })).optional(),
});
