import { inRoom, json, nothing, type Operation } from '../openapi/operation.ts';
import { savedViewSchema, savedViewsSchema, viewBodySchema, viewsQuerySchema } from './contract.ts';

const { get, change } = inRoom('Views');
const may = 'saveViews';

export const viewOperations: readonly Operation[] = [
  get('/api/views', "Saved views: the station's and one's own, in their order", {
    query: viewsQuerySchema,
    answers: { 200: json('views', savedViewsSchema) },
  }),
  change('put', '/api/views/{id}', 'Makes a view under an id of the client’s, or changes it (If-Match)', {
    may,
    body: viewBodySchema,
    answers: { 200: json('the view as it is now', savedViewSchema), 201: json('the new view', savedViewSchema) },
    refuses: {
      409: 'taken: the id; too-many-views',
      412: 'changed-meanwhile',
      428: 'version-required: it is there and this changes it',
    },
  }),
  change('delete', '/api/views/{id}', 'Deletes a view', { may, answers: { 204: nothing('it is gone') } }),
];
