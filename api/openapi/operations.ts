// Every route of the API, from the rooms. To add a route: add its operation to `operations.ts` of its room, made with
// `inRoom`, from the very schemas that its handler parses with:
//
//   const { get, change } = inRoom('Hazards', { sees: 'hazards' });
//   export const hazardOperations: readonly Operation[] = [
//     get('/api/hazards', 'Hazards, newest first', { query: hazardsQuerySchema, answers: { 200: json('hazards', hazardsSchema) } }),
//     change('post', '/api/hazards', 'Reports one', { may: 'report', body: newHazardSchema, answers: { 201: json('it', hazardSchema) } }),
//   ];
//
// and a new room's list to the list below. tests/api/openapi.test.ts walks the routes of the app and names what is missing.
import { accountOperations } from '../accounts/operations.ts';
import { peopleOperations } from '../accounts/people/operations.ts';
import { tokenOperations } from '../accounts/tokens/operations.ts';
import { alertOperations } from '../alerts/operations.ts';
import { auditOperations } from '../audit/operations.ts';
import { basemapOperations } from '../basemap/operations.ts';
import { crewOperations } from '../crews/operations.ts';
import { deviceOperations } from '../devices/operations.ts';
import { figureOperations } from '../figures/operations.ts';
import { dispatchOperations } from '../dispatches/operations.ts';
import { geofenceOperations } from '../geofences/operations.ts';
import { eventOperations } from '../events/operations.ts';
import { exportOperations } from '../exports/operations.ts';
import { gridOperations } from '../grids/operations.ts';
import { healthOperations } from '../health/operations.ts';
import { incidentOperations } from '../incidents/operations.ts';
import { memberOperations } from '../members/operations.ts';
import { positionOperations } from '../positions/operations.ts';
import { presenceOperations } from '../presence/operations.ts';
import { retentionOperations } from '../retention/operations.ts';
import { searchOperations } from '../search/operations.ts';
import { sentinelOperations } from '../sentinels/operations.ts';
import { stationOperations } from '../stations/operations.ts';
import { trackOperations } from '../tracks/operations.ts';
import { unitOperations } from '../units/operations.ts';
import { viewOperations } from '../views/operations.ts';
import type { Operation } from './operation.ts';

export const operations: readonly Operation[] = [
  ...accountOperations,
  ...tokenOperations,
  ...stationOperations,
  ...unitOperations,
  ...alertOperations,
  ...geofenceOperations,
  ...trackOperations,
  ...eventOperations,
  ...crewOperations,
  ...gridOperations,
  ...sentinelOperations,
  ...memberOperations,
  ...incidentOperations,
  ...dispatchOperations,
  ...figureOperations,
  ...searchOperations,
  ...presenceOperations,
  ...exportOperations,
  ...viewOperations,
  ...basemapOperations,
  ...positionOperations,
  ...deviceOperations,
  ...peopleOperations,
  ...auditOperations,
  ...retentionOperations,
  ...healthOperations,
];
