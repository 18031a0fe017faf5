import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { presenceQuerySchema, presenceSchema } from './contract.ts';

const { get } = inRoom('Presence');

export const presenceOperations: readonly Operation[] = [
  get('/api/presence', 'Seconds and visits of units on duty per grid, from their tracks', {
    sees: 'presence',
    query: presenceQuerySchema,
    answers: { 200: json('every grid of the station', presenceSchema) },
  }),
];
