import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import {
  newSentinelSchema,
  qrCodeSchema,
  sentinelBodySchema,
  sentinelSchema,
  sentinelsQuerySchema,
} from './contract.ts';

const { get, change, remove } = inRoom('Sentinel points');
const may = 'editSentinels';
const refuses = { 409: 'taken: another point of the station has this number' };

export const sentinelOperations: readonly Operation[] = [
  get('/api/sentinels', 'Sentinel points as GeoJSON, for maps and QGIS', {
    sees: 'sentinels',
    query: sentinelsQuerySchema,
    answers: {
      200: { says: 'a FeatureCollection', mediaType: 'application/geo+json' },
      304: { says: 'as it was (If-None-Match)' },
    },
  }),
  get('/api/sentinels/{id}', 'One sentinel point with its members, without telephone numbers', {
    sees: 'sentinels',
    answers: { 200: json('the point', sentinelSchema) },
  }),
  change('post', '/api/sentinels', 'Puts a sentinel point; it gets a QR code of its own', {
    may,
    body: newSentinelSchema,
    answers: { 201: json('the point', sentinelSchema) },
    refuses,
  }),
  change('put', '/api/sentinels/{id}', 'Changes or moves a sentinel point', {
    may,
    body: sentinelBodySchema,
    isVersioned: true,
    answers: { 200: json('the point as it is now', sentinelSchema) },
    refuses,
  }),
  remove('/api/sentinels/{id}', 'Deletes a sentinel point with its members', { may, query: deletionQuerySchema }),
  get('/api/sentinels/{id}/qr-code', 'The QR code, to print', {
    access: 'person',
    may,
    answers: { 200: json('the code', qrCodeSchema) },
  }),
  change('post', '/api/sentinels/{id}/qr-code', 'Another QR code; the old one is worth nothing', {
    may,
    answers: { 200: json('the code', qrCodeSchema) },
  }),
];
