import { inRoom, json, type Operation } from '../openapi/operation.ts';
import {
  incidentColumnsQuerySchema,
  incidentsQuerySchema,
  incidentsSchema,
  incidentSummaryQuerySchema,
  incidentSummarySchema,
} from './contract.ts';

const { get } = inRoom('Incidents', { sees: 'incidents' });

export const incidentOperations: readonly Operation[] = [
  get('/api/incidents', 'Incidents, newest first', {
    query: incidentsQuerySchema,
    answers: { 200: json('incidents', incidentsSchema) },
  }),
  get('/api/incidents/summary', 'Counts of seven days by grid and category', {
    query: incidentSummaryQuerySchema,
    answers: { 200: json('counts', incidentSummarySchema), 304: { says: 'as it was (If-None-Match)' } },
  }),
  get('/api/incidents.arrow', 'All incidents of a station as columns', {
    query: incidentColumnsQuerySchema,
    answers: {
      200: { says: 'an Arrow IPC stream', mediaType: 'application/vnd.apache.arrow.stream' },
      304: { says: 'as it was (If-None-Match)' },
    },
    refuses: { 404: 'not-found: there are none for this viewer' },
  }),
];
