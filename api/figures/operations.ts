import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { figuresQuerySchema, figuresSchema } from './contract.ts';

const { get } = inRoom('Figures');

export const figureOperations: readonly Operation[] = [
  get('/api/figures', 'The numbers of a station’s wall: strength, incidents against last week and last year, alerts', {
    query: figuresQuerySchema,
    answers: { 200: json('figures', figuresSchema), 304: { says: 'as it was (If-None-Match)' } },
    refuses: { 404: 'not-found: there is no such station, or this viewer sees none of its figures' },
  }),
];
