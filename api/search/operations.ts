import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { searchQuerySchema, searchResultsSchema } from './contract.ts';

export const searchOperations: readonly Operation[] = [
  inRoom('Search').get('/api/search', 'Units, sentinel points, grids, streets and places by name', {
    query: searchQuerySchema,
    answers: { 200: json('at most 20 results, best first', searchResultsSchema) },
  }),
];
