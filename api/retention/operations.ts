import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { stationQuerySchema } from '../reading/contract.ts';
import { retentionChangeSchema, retentionSchema } from './contract.ts';

const { get, change } = inRoom('Retention', { may: 'manageRetention' });

export const retentionOperations: readonly Operation[] = [
  get('/api/retention', 'How long what is kept, and what was removed', {
    query: stationQuerySchema,
    answers: { 200: json('settings and the latest runs', retentionSchema) },
  }),
  change('put', '/api/retention', 'Sets how long a station keeps what', {
    body: retentionChangeSchema,
    answers: { 200: json('the settings as they are now') },
  }),
];
