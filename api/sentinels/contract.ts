import { z } from 'zod';
import { bboxSchema } from '../positions/contract.ts';

/** What a sentinel point guards. */
export const sentinelKinds = [
  'compound',
  'shop',
  'school',
  'works',
  'hospital',
  'market',
  'transport',
  'other',
] as const;
export type SentinelKind = (typeof sentinelKinds)[number];

/** What a member is: officers belong to a station, all others to a sentinel point. */
export const memberRoles = [
  'officer',
  'auxiliary',
  'party-member',
  'grid-worker',
  'property-staff',
  'guard',
  'volunteer',
  'yijing',
] as const;
export type MemberRole = (typeof memberRoles)[number];

/** `GET /api/sentinels?station&bbox` */
export const sentinelsQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)').optional(),
  bbox: bboxSchema.optional(),
});

/** Properties of a sentinel point's feature; the feature's id is the point's. */
export const sentinelPropertiesSchema = z.object({
  stationId: z.uuid(),
  number: z.string(),
  name: z.string(),
  kind: z.enum(sentinelKinds),
  address: z.string().nullable(),
  memberCount: z.number(),
});

export type SentinelProperties = z.infer<typeof sentinelPropertiesSchema>;

/** `GET /api/sentinels/{id}`: without telephone numbers and without the QR code, which proves a visit. */
export const sentinelSchema = sentinelPropertiesSchema.extend({
  id: z.uuid(),
  lngLat: z.tuple([z.number(), z.number()]),
  members: z.array(z.object({ displayName: z.string(), role: z.enum(memberRoles), skills: z.array(z.string()) })),
});

export type Sentinel = z.infer<typeof sentinelSchema>;
