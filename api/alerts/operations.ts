import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { acknowledgeSchema, alertSchema, alertsQuerySchema, alertsSchema, sosSchema } from './contract.ts';

const { get, change } = inRoom('Alerts');

export const alertOperations: readonly Operation[] = [
  get('/api/alerts', 'What somebody has to look at: the open alerts, or also those of the last 7 days', {
    sees: 'alerts',
    query: alertsQuerySchema,
    answers: { 200: json('newest first', alertsSchema) },
  }),
  change('post', '/api/alerts/{id}/acknowledge', 'A person has seen to an alert', {
    may: 'acknowledgeAlerts',
    body: acknowledgeSchema,
    answers: { 200: json('the alert', alertSchema) },
    refuses: { 409: 'already-acknowledged' },
  }),
  change('post', '/api/alerts/{id}/close', 'Closes an acknowledged alert whose rule has not', {
    may: 'acknowledgeAlerts',
    answers: { 200: json('the alert', alertSchema) },
    refuses: { 409: 'not-acknowledged, or resolved' },
  }),
  change('post', '/api/units/{id}/sos', 'A unit calls for help: by its crew, or by the desk for it', {
    may: 'raiseAlarm',
    body: sosSchema,
    answers: { 201: json('the alert', alertSchema), 200: json('the alert that is open already', alertSchema) },
  }),
  change('post', '/api/units/{id}/sos/cancel', 'The crew is safe, or held the button by mistake', {
    may: 'raiseAlarm',
    answers: { 200: json('the alert, closed', alertSchema) },
    refuses: { 409: 'no-sos' },
  }),
];
