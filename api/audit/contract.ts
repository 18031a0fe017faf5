import { z } from 'zod';
import { timeTextSchema } from '../reading/contract.ts';

/** The chain of what belongs to no station: failed sign-ins of unknown names, changes of stations themselves. */
export const installationChain = '00000000-0000-0000-0000-000000000000';

/** `refused`: was not allowed to; `failed`: was tried and did not succeed. */
export const auditOutcomes = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Most entries of one answer, and of one export. */
export const maxAuditPage = 500;
export const maxAuditExport = 100_000;

const filters = {
  /** One station, or `installationChain`; without it all that the viewer may audit. */
  station: z.guid('the id of a station (UUID)').optional(),
  /** from ≤ time < to */
  from: timeTextSchema.optional(),
  to: timeTextSchema.optional(),
  /** An account's id, or a part of the actor's name. */
  actor: z.string().trim().min(1).max(200).optional(),
  /** An action, or the beginning of one up to a dot: `session` finds `session.begin`. */
  action: z
    .string()
    .trim()
    .regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)*$/, 'an action such as session.begin, or session')
    .max(100)
    .optional(),
  outcome: z.enum(auditOutcomes).optional(),
};

/** `GET /api/audit`: newest first. */
export const auditQuerySchema = z.object({
  ...filters,
  /** The `next` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,17}\.[0-9a-f-]{36}\.\d{1,15}$/, 'the "next" of the page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(maxAuditPage).default(100),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

/** `GET /api/audit.csv`: the same entries as a file, newest first, at most `maxAuditExport`. */
export const auditExportQuerySchema = z.object(filters);

export const auditEntrySchema = z.object({
  stationId: z.guid(),
  /** Counts from 1 within the station's chain. */
  sequence: z.number(),
  /** ISO 8601. */
  at: z.string(),
  actor: z.object({ accountId: z.guid().nullable(), name: z.string() }).nullable(),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  outcome: z.enum(auditOutcomes),
  /** SHA-256, hexadecimal. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** `next`: for `before` of the next, older page; null: there is none. */
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPageSchema>;
