import { z } from 'zod';
import { bboxSchema } from '../positions/contract.ts';
import { textSchema, versionSchema } from '../reading/contract.ts';

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
  version: versionSchema,
});

export type Sentinel = z.infer<typeof sentinelSchema>;

/** `PUT /api/sentinels/{id}` */
export const sentinelBodySchema = z.strictObject({
  number: textSchema(50),
  name: textSchema(200),
  kind: z.enum(sentinelKinds),
  address: textSchema(200).nullable().default(null),
  lngLat: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
});
export type SentinelBody = z.infer<typeof sentinelBodySchema>;

/** `POST /api/sentinels`; it gets a QR code of its own. */
export const newSentinelSchema = sentinelBodySchema.extend({ stationId: z.uuid() });
export type NewSentinel = z.infer<typeof newSentinelSchema>;

/** `GET` (as it is) and `POST` (a new one; the old one is worth nothing from then on) `/api/sentinels/{id}/qr-code`: to print. */
export const qrCodeSchema = z.object({ qrCode: z.string() });
export type QrCode = z.infer<typeof qrCodeSchema>;
