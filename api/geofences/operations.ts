import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema, stationQuerySchema } from '../reading/contract.ts';
import { geofenceBodySchema, geofenceSchema, geofencesSchema, newGeofenceSchema } from './contract.ts';

const { get, change, remove } = inRoom('Geofences');
const may = 'editGeofences';
const refuses = {
  400: 'invalid-area with the place of the fault, or invalid-body',
  409: 'taken: the name; too-many-geofences',
};

export const geofenceOperations: readonly Operation[] = [
  get('/api/geofences', 'Geofences with their areas', {
    sees: 'geofences',
    query: stationQuerySchema,
    answers: { 200: json('by name', geofencesSchema) },
  }),
  change('post', '/api/geofences', 'Makes a geofence', {
    may,
    body: newGeofenceSchema,
    answers: { 201: json('the geofence', geofenceSchema) },
    refuses,
  }),
  change('put', '/api/geofences/{id}', 'Changes a geofence; with another area it learns anew who is inside', {
    may,
    body: geofenceBodySchema,
    isVersioned: true,
    answers: { 200: json('the geofence as it is now', geofenceSchema) },
    refuses,
  }),
  remove('/api/geofences/{id}', 'Deletes a geofence and resolves its open alerts', { may, query: deletionQuerySchema }),
];
