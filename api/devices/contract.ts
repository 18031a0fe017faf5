import { z } from 'zod';
import { textSchema, versionSchema } from '../reading/contract.ts';

const credentialState = z.object({
  /** Null: not revoked. Issuing a new token takes it back. */
  revokedAt: z.string().nullable(),
  /** Until when the token before the present one is honoured too; null: it is not. */
  previousTokenUntil: z.string().nullable(),
  version: versionSchema,
});

/** A positioning device; its token is never shown again. */
export const deviceSchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  /** Its name in reports, unique in its station. */
  name: z.string(),
  unitId: z.uuid().nullable(),
  /** False: it reports through a gateway only. */
  hasToken: z.boolean(),
  /** When it last sent a fix that was kept; null: never. */
  lastHeardAt: z.string().nullable(),
  ...credentialState.shape,
});
export const devicesSchema = z.object({ devices: z.array(deviceSchema) });
export type Device = z.infer<typeof deviceSchema>;

/** A system that reports for all devices of a station. */
export const gatewaySchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  name: z.string(),
  ...credentialState.shape,
});
export const gatewaysSchema = z.object({ gateways: z.array(gatewaySchema) });
export type Gateway = z.infer<typeof gatewaySchema>;

/** `POST /api/devices` */
export const newDeviceSchema = z.strictObject({
  stationId: z.uuid(),
  name: textSchema(100),
  unitId: z.uuid().nullable().default(null),
  /** False: it will report through a gateway only. */
  withToken: z.boolean().default(true),
});
export type NewDevice = z.infer<typeof newDeviceSchema>;

/** `PATCH /api/devices/{id}`: what is left out stays. */
export const deviceChangeSchema = z.strictObject({ name: textSchema(100), unitId: z.uuid().nullable() }).partial();
export type DeviceChange = z.infer<typeof deviceChangeSchema>;

/** `POST /api/gateways` */
export const newGatewaySchema = z.strictObject({ stationId: z.uuid(), name: textSchema(100) });
export type NewGateway = z.infer<typeof newGatewaySchema>;

/** `PATCH /api/gateways/{id}` */
export const gatewayChangeSchema = z.strictObject({ name: textSchema(100) }).partial();
export type GatewayChange = z.infer<typeof gatewayChangeSchema>;

/** `POST /api/devices/{id}/token`, `POST /api/gateways/{id}/token`: a new token; how long the old one is honoured too. */
export const rotationSchema = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(0),
});

/** What a phone with Traccar Client needs; `qrText` sets it up when scanned there. */
export const traccarClientSchema = z.object({ serverUrl: z.string(), deviceId: z.string(), qrText: z.string() });

/** `token` is shown this once; null: none was made. */
export const issuedDeviceSchema = z.object({
  device: deviceSchema,
  token: z.string().nullable(),
  traccarClient: traccarClientSchema.nullable(),
});
export type IssuedDevice = z.infer<typeof issuedDeviceSchema>;

export const issuedGatewaySchema = z.object({ gateway: gatewaySchema, token: z.string() });
export type IssuedGateway = z.infer<typeof issuedGatewaySchema>;
