import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { crewBodySchema, crewSchema, crewsQuerySchema, crewsSchema } from './contract.ts';

const { get, change, remove } = inRoom('Crews');

export const crewOperations: readonly Operation[] = [
  get('/api/units/{id}/crews', 'Shifts of a unit with their members', {
    sees: 'members',
    query: crewsQuerySchema,
    answers: { 200: json('shifts, oldest first', crewsSchema) },
  }),
  change('put', '/api/units/{id}/crews/{crewId}', 'Plans a shift under an id that the client makes, or changes it', {
    may: 'editCrews',
    body: crewBodySchema,
    answers: { 200: json('the shift as it is now', crewSchema), 201: json('the new shift', crewSchema) },
    refuses: {
      409: 'member-busy: who is on another unit then; or shift-over',
      412: 'changed-meanwhile: somebody else changed it since',
      428: 'version-required: send If-Match to change a known shift',
    },
  }),
  remove('/api/units/{id}/crews/{crewId}', 'Deletes a shift that is not over', {
    may: 'editCrews',
    query: deletionQuerySchema,
    refuses: { 409: 'confirmation-required, or shift-over' },
  }),
];
