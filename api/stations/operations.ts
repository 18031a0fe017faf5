import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { newStationSchema, stationChangeSchema, stationSchema, stationsSchema } from './contract.ts';

const { get, change, remove } = inRoom('Stations');
const may = 'manageStations';

export const stationOperations: readonly Operation[] = [
  get('/api/stations', 'The viewer’s part of the tree of stations', {
    sees: 'stations',
    answers: { 200: json('stations', stationsSchema) },
  }),
  change('post', '/api/stations', 'Makes a station under one that the viewer administers', {
    may,
    body: newStationSchema,
    answers: { 201: json('the station', stationSchema) },
    refuses: { 409: 'taken: another one under the same station has this name' },
  }),
  change('patch', '/api/stations/{id}', 'Renames or moves a station', {
    may,
    body: stationChangeSchema,
    isVersioned: true,
    answers: { 200: json('the station as it is now', stationSchema) },
    refuses: { 409: 'taken: another one under the same station has this name' },
  }),
  remove('/api/stations/{id}', 'Deletes an empty station', {
    may,
    query: deletionQuerySchema,
    refuses: { 409: 'station-not-empty: contents counts what belongs to it; or confirmation-required' },
  }),
];
