import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import {
  newUnitSchema,
  shiftSchema,
  shiftStateSchema,
  trackQuerySchema,
  unitChangeSchema,
  unitSchema,
  unitsQuerySchema,
  unitsSchema,
} from './contract.ts';

const { get, change, remove } = inRoom('Units');
const may = 'manageUnits';
const taken = { 409: 'taken: another unit of the station has this call sign' };

export const unitOperations: readonly Operation[] = [
  get('/api/units', 'Patrol units with where they were last, where the viewer may see it', {
    sees: 'units',
    query: unitsQuerySchema,
    answers: { 200: json('units', unitsSchema) },
  }),
  get('/api/units/{id}', 'One unit', { sees: 'units', answers: { 200: json('the unit', unitSchema) } }),
  get('/api/units/{id}/track', 'Where a unit was: every look is logged with its reason', {
    sees: 'tracks',
    query: trackQuerySchema,
    answers: {
      200: { says: 'a FeatureCollection, one feature a piece without a gap', mediaType: 'application/geo+json' },
    },
    refuses: { 403: 'reason-required: ?reason= of 1 to 200 characters, unless it is one’s own shift' },
  }),
  change('post', '/api/units', 'Makes a unit, off duty', {
    may,
    body: newUnitSchema,
    answers: { 201: json('the unit', unitSchema) },
    refuses: taken,
  }),
  change('patch', '/api/units/{id}', 'Changes a unit', {
    may,
    body: unitChangeSchema,
    isVersioned: true,
    answers: { 200: json('the unit as it is now', unitSchema) },
    refuses: taken,
  }),
  remove('/api/units/{id}', 'Deletes a unit; its number is never given again', { may, query: deletionQuerySchema }),
  change('post', '/api/units/{id}/shift', 'Starts or ends a unit’s shift: only between them is it tracked', {
    body: shiftSchema,
    answers: { 200: json('the state of duty', shiftStateSchema) },
    refuses: { 403: 'not-allowed: neither the crew nor a role that may manageShifts' },
  }),
];
