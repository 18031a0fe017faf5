import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import {
  checkedGridSchema,
  gridBodySchema,
  gridCheckSchema,
  gridSchema,
  gridsQuerySchema,
  newGridSchema,
  savedGridSchema,
} from './contract.ts';

const { get, change, remove } = inRoom('Grids');
const may = 'editGrids';
const refuses = { 400: 'invalid-area with the place of the fault, or invalid-body', 409: 'taken: the number' };

export const gridOperations: readonly Operation[] = [
  get('/api/grids', 'Grids as GeoJSON, for maps and QGIS', {
    sees: 'grids',
    query: gridsQuerySchema,
    answers: {
      200: { says: 'a FeatureCollection', mediaType: 'application/geo+json' },
      304: { says: 'as it was (If-None-Match)' },
    },
  }),
  get('/api/grids/{id}', 'One grid as its editor needs it', {
    sees: 'grids',
    answers: { 200: json('the grid', gridSchema) },
  }),
  change('post', '/api/grids', 'Makes a grid and tells how it fits', {
    may,
    body: newGridSchema,
    answers: { 201: json('the grid, with overlaps and gaps', savedGridSchema) },
    refuses,
  }),
  change('post', '/api/grids/check', 'How an area would fit, with nothing stored', {
    may,
    body: gridCheckSchema,
    answers: { 200: json('its fault, or overlaps and gaps', checkedGridSchema) },
  }),
  change('put', '/api/grids/{id}', 'Changes a grid and tells how it fits', {
    may,
    body: gridBodySchema,
    isVersioned: true,
    answers: { 200: json('the grid as it is now', savedGridSchema) },
    refuses,
  }),
  remove('/api/grids/{id}', 'Deletes a grid', { may, query: deletionQuerySchema }),
];
