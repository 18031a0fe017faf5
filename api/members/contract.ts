import { z } from 'zod';
import { textSchema, versionSchema } from '../reading/contract.ts';
import { memberRoles } from '../sentinels/contract.ts';

/** `GET /api/members?station&sentinel` */
export const membersQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)').optional(),
  sentinel: z.uuid('the id of a sentinel point (UUID)').optional(),
});

export const memberSchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  /** Null: belongs to the station itself, as officers do. */
  sentinelId: z.uuid().nullable(),
  displayName: z.string(),
  role: z.enum(memberRoles),
  skills: z.array(z.string()),
  /** Null: none, or not for this viewer (it takes `editMembers`). */
  phone: z.string().nullable(),
  version: versionSchema,
});
export const membersSchema = z.object({ members: z.array(memberSchema) });
export type Member = z.infer<typeof memberSchema>;

const bodySchema = z.strictObject({
  sentinelId: z.uuid().nullable(),
  displayName: textSchema(100),
  role: z.enum(memberRoles),
  skills: z.array(textSchema(50)).max(20),
  phone: z
    .string()
    .trim()
    .regex(/^[+\d][\d ()-]{2,28}\d$/, '4 to 30 digits, spaces, ( ) + -')
    .nullable(),
});

/** `POST /api/members` */
export const newMemberSchema = bodySchema.extend({
  stationId: z.uuid(),
  sentinelId: bodySchema.shape.sentinelId.default(null),
  skills: bodySchema.shape.skills.default([]),
  phone: bodySchema.shape.phone.default(null),
});
export type NewMember = z.infer<typeof newMemberSchema>;

/** `PATCH /api/members/{id}`: what is left out stays. */
export const memberChangeSchema = bodySchema.partial();
export type MemberChange = z.infer<typeof memberChangeSchema>;
