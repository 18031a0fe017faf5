import { inRoom, type Operation } from '../openapi/operation.ts';
import { tracksQuerySchema } from './contract.ts';

const { get } = inRoom('Tracks', { sees: 'tracks' });

export const trackOperations: readonly Operation[] = [
  get('/api/tracks.arrow', 'Where units were, as columns: every look is logged with its reason', {
    query: tracksQuerySchema,
    answers: { 200: { says: 'an Arrow IPC stream', mediaType: 'application/vnd.apache.arrow.stream' } },
    refuses: {
      400: 'tracks-too-many: more than 2,000,000 fixes; it says what is possible',
      403: 'reason-required: ?reason= of 1 to 200 characters, unless it is one’s own shifts',
      404: 'not-found: the viewer sees no tracks there',
    },
  }),
];
