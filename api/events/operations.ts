import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { eventsQuerySchema, eventsSchema } from './contract.ts';

const { get } = inRoom('Events', { sees: 'tracks' });

export const eventOperations: readonly Operation[] = [
  get('/api/events', 'What happened in a period, for a replay: incidents, their steps, alerts', {
    query: eventsQuerySchema,
    answers: { 200: json('events in the order of time', eventsSchema) },
  }),
];
