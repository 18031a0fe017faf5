import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import {
  checkedGridSchema,
  gridBodySchema,
  gridCheckSchema,
  gridMergeSchema,
  gridSchema,
  gridSplitSchema,
  gridUndoSchema,
  gridsQuerySchema,
  lastGridEditAnswerSchema,
  lastGridEditQuerySchema,
  newGridSchema,
  savedGridSchema,
  splitGridSchema,
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
  change('post', '/api/grids/{id}/split', 'Cuts a grid in two along a line', {
    may,
    body: gridSplitSchema,
    isVersioned: true,
    answers: { 201: json('both, which tile the area there was', splitGridSchema) },
    refuses,
  }),
  change('post', '/api/grids/{id}/merge', 'Joins a neighbour to a grid; the neighbour is gone', {
    may,
    body: gridMergeSchema,
    query: deletionQuerySchema,
    isVersioned: true,
    answers: { 200: json('the grid as it is now', gridSchema) },
    refuses: { 400: refuses[400], 409: 'confirmation-required: with the code to send back' },
  }),
  get('/api/grids/last-edit', 'The newest edit of a station’s grids, which can be taken back', {
    may,
    query: lastGridEditQuerySchema,
    answers: { 200: json('the edit, or null', lastGridEditAnswerSchema) },
  }),
  change('post', '/api/grids/undo', 'Takes the newest edit of a station’s grids back', {
    may,
    body: gridUndoSchema,
    query: deletionQuerySchema,
    answers: { 204: { says: 'the grids are as they were before it' } },
    refuses: { 409: 'confirmation-required, changed-meanwhile, or taken: a number was given anew' },
  }),
  remove('/api/grids/{id}', 'Deletes a grid', { may, query: deletionQuerySchema }),
];
