import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { stationQuerySchema } from '../reading/contract.ts';
import {
  deviceChangeSchema,
  deviceSchema,
  devicesSchema,
  gatewayChangeSchema,
  gatewaySchema,
  gatewaysSchema,
  issuedDeviceSchema,
  issuedGatewaySchema,
  newDeviceSchema,
  newGatewaySchema,
  rotationSchema,
} from './contract.ts';

const { get, change } = inRoom('Devices and gateways', { may: 'manageDevices' });
const refuses = { 409: 'taken: another one of the station has this name' };

export const deviceOperations: readonly Operation[] = [
  get('/api/devices', 'Devices of the stations whose devices the viewer manages', {
    query: stationQuerySchema,
    answers: { 200: json('devices, without their tokens', devicesSchema) },
  }),
  change('post', '/api/devices', 'Makes a device', {
    body: newDeviceSchema,
    answers: { 201: json('the device; its token, shown once', issuedDeviceSchema) },
    refuses,
  }),
  change('patch', '/api/devices/{id}', 'Renames a device or gives it to another unit', {
    body: deviceChangeSchema,
    isVersioned: true,
    answers: { 200: json('the device as it is now', deviceSchema) },
    refuses,
  }),
  change('post', '/api/devices/{id}/token', 'Issues another token; the old one holds for the grace that is asked', {
    body: rotationSchema,
    answers: { 200: json('the token, shown once', issuedDeviceSchema) },
  }),
  change('post', '/api/devices/{id}/revoke', 'Revokes a device: it is refused from now on', {
    answers: { 200: json('the device', deviceSchema) },
  }),
  get('/api/gateways', 'Gateways of the stations whose devices the viewer manages', {
    query: stationQuerySchema,
    answers: { 200: json('gateways, without their tokens', gatewaysSchema) },
  }),
  change('post', '/api/gateways', 'Makes a gateway, which reports for all devices of its station', {
    body: newGatewaySchema,
    answers: { 201: json('the gateway; its token, shown once', issuedGatewaySchema) },
    refuses,
  }),
  change('patch', '/api/gateways/{id}', 'Renames a gateway', {
    body: gatewayChangeSchema,
    isVersioned: true,
    answers: { 200: json('the gateway as it is now', gatewaySchema) },
    refuses,
  }),
  change('post', '/api/gateways/{id}/token', 'Issues another token; the old one holds for the grace that is asked', {
    body: rotationSchema,
    answers: { 200: json('the token, shown once', issuedGatewaySchema) },
  }),
  change('post', '/api/gateways/{id}/revoke', 'Revokes a gateway: it is refused from now on', {
    answers: { 200: json('the gateway', gatewaySchema) },
  }),
];
