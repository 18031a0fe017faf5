import { z } from 'zod';
import { inRoom, json, type Operation } from '../openapi/operation.ts';
import {
  incidentColumnsQuerySchema,
  incidentsQuerySchema,
  incidentsSchema,
  incidentSummaryQuerySchema,
  incidentSummarySchema,
} from './contract.ts';
import {
  enteredEventSchema,
  incidentWithTimelineSchema,
  recordedIncidentSchema,
  reportedAnswerSchema,
  reportedIncidentSchema,
  withdrawnIncidentsSchema,
  withdrawnQuerySchema,
} from './record-contract.ts';

const { get, change } = inRoom('Incidents', { sees: 'incidents' });

/** People are told all, gateways what they need to go on. */
const recorded = z.union([incidentWithTimelineSchema, reportedAnswerSchema]);

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
  get('/api/incidents/withdrawn', 'Incidents taken back as recorded by mistake, the latest first', {
    access: 'person',
    may: 'recordIncidents',
    query: withdrawnQuerySchema,
    answers: { 200: json('withdrawn incidents', withdrawnIncidentsSchema) },
  }),
  get('/api/incidents/{id}', 'One incident with its timeline', {
    answers: { 200: json('the incident', incidentWithTimelineSchema) },
  }),
  change(
    'put',
    '/api/incidents/{id}',
    'Records an incident under an id that its maker gave; with If-Match and a version it is corrected. Systems send the token of a gateway (Authorization: Bearer) and no stationId',
    {
      may: 'recordIncidents',
      body: z.union([recordedIncidentSchema, reportedIncidentSchema]),
      answers: {
        200: json('it was there already, or is corrected', recorded),
        201: json('it is new', recorded),
      },
      refuses: {
        409: 'recorded-differently: the id is known with other values; taken: the source’s id is another’s; wrong-state: withdrawn',
        412: 'changed-meanwhile: another version stands; not-recorded: there is nothing to correct',
      },
    },
  ),
  change('post', '/api/incidents/{id}/events', 'Hands over, closes, reopens or withdraws an incident', {
    may: 'recordIncidents',
    body: enteredEventSchema,
    answers: {
      200: json('it was entered already', incidentWithTimelineSchema),
      201: json('the incident as it is now', incidentWithTimelineSchema),
    },
    refuses: { 409: 'wrong-state: it is closed, open or withdrawn already; taken: the id is another event’s' },
  }),
];
