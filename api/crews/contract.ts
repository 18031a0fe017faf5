import { z } from 'zod';
import { versionSchema } from '../reading/contract.ts';
import { memberRoles } from '../sentinels/contract.ts';

export const maxShiftHours = 24;
/** The longest time whose crews one answer holds. */
export const maxCrewRangeDays = 62;

/** `GET /api/units/{id}/crews?from&to`: shifts that touch this time, ISO 8601; left out: from one day ago to 14 days ahead. */
export const crewsQuerySchema = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

/** Members on a unit for a shift. */
export const crewSchema = z.object({
  id: z.uuid(),
  unitId: z.uuid(),
  stationId: z.uuid(),
  startsAt: z.string(),
  endsAt: z.string(),
  members: z.array(z.object({ id: z.uuid(), displayName: z.string(), role: z.enum(memberRoles) })),
  version: versionSchema,
});
export const crewsSchema = z.object({ crews: z.array(crewSchema) });
export type Crew = z.infer<typeof crewSchema>;

/**
 * `PUT /api/units/{id}/crews/{crewId}`: plans a shift under an id that the client makes (UUIDv7), or changes it. A new one
 * needs no `If-Match`. 409 `member-busy` names who is on another unit then.
 */
export const crewBodySchema = z.strictObject({
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  memberIds: z.array(z.uuid()).min(1).max(20),
});
export type CrewBody = z.infer<typeof crewBodySchema>;
