import { z } from 'zod';

/** The audit log keeps its entries for so long at least; the database refuses less. */
export const minAuditDays = 183;

const days = (min: number) => z.int().min(min, `${min} to 3660 days`).max(3660, `${min} to 3660 days`);

/** How many days each kind of data is kept. */
export const retentionDaysSchema = z.strictObject({
  /** Fixes, the newest of each unit included, and when units were on duty. */
  fixes: days(1),
  quarantinedFixes: days(1),
  /** Counts per device and day. */
  deviceDays: days(1),
  /** Free text of incidents, by when they happened; the incident itself stays. */
  incidentTexts: days(1),
  endedSessions: days(1),
  /** Names of the files that were imported. */
  imports: days(1),
  audit: days(minAuditDays),
});
export type RetentionDays = z.infer<typeof retentionDaysSchema>;

export const defaultRetention: RetentionDays = {
  fixes: 183,
  quarantinedFixes: 30,
  deviceDays: 366,
  incidentTexts: 366,
  endedSessions: 183,
  imports: 366,
  audit: 366,
};
export const defaultOverdueShiftHours = 2;

/** `PUT /api/retention`: replaces a station's settings whole. */
export const retentionChangeSchema = z.strictObject({
  stationId: z.uuid(),
  days: retentionDaysSchema,
  /** Hours after its planned end at which a shift that nobody ended ends by itself. */
  overdueShiftHours: z.int().min(0).max(24),
});
export type RetentionChange = z.infer<typeof retentionChangeSchema>;

export const retentionRunSchema = z.object({
  stationId: z.guid(),
  startedAt: z.string(),
  /** Null: it is running, or was killed and the next one closes it. */
  finishedAt: z.string().nullable(),
  /** Rows by kind; `days`: whole days of fixes that were dropped. */
  removed: z.record(z.string(), z.number()),
});
export type RetentionRun = z.infer<typeof retentionRunSchema>;

/** `GET /api/retention?station`: of the stations whose retention the viewer sets; the latest runs that removed something. */
export const retentionSchema = z.object({
  settings: z.array(retentionChangeSchema.extend({ isDefault: z.boolean() })),
  /** Fixes older than this are refused when they come, whatever a station keeps (FIX_RETENTION_DAYS). */
  ingestLimitDays: z.number(),
  runs: z.array(retentionRunSchema),
});
export type Retention = z.infer<typeof retentionSchema>;
