import { inRoom, json, type Operation } from '../openapi/operation.ts';
import {
  answerSchema,
  briefSchema,
  cancellationSchema,
  dispatchesQuerySchema,
  dispatchesSchema,
  dispatchSchema,
  dispatchSettingsSchema,
  nearestQuerySchema,
  nearestSchema,
  nearestToPlaceQuerySchema,
  orderSchema,
} from './contract.ts';

const { get, change } = inRoom('Dispatches', { sees: 'dispatches' });
/** For who looks after stations. */
const settings = inRoom('Dispatches', { may: 'manageStations' });
const refusedStep = {
  403: 'not-allowed: neither its crew nor the desk',
  409: 'dispatch-state: that cannot follow (state, possible)',
};

export const dispatchOperations: readonly Operation[] = [
  get('/api/incidents/{id}/nearest', 'Units on duty by the time they need to an incident', {
    sees: 'whereabouts',
    may: 'dispatchUnits',
    query: nearestQuerySchema,
    answers: { 200: json('candidates, soonest there first', nearestSchema) },
  }),
  get('/api/nearest', 'Units on duty by the time they need to a place', {
    sees: 'whereabouts',
    may: 'dispatchUnits',
    query: nearestToPlaceQuerySchema,
    answers: { 200: json('candidates, soonest there first', nearestSchema) },
  }),
  get('/api/dispatches', 'Who was sent where, newest first: those under way and those of the last day', {
    query: dispatchesQuerySchema,
    answers: { 200: json('dispatches', dispatchesSchema) },
  }),
  change('put', '/api/dispatches/{id}', 'Sends units to an incident; the id is the order’s', {
    may: 'dispatchUnits',
    body: orderSchema,
    answers: {
      200: json('the same order was here: its dispatches as they are', dispatchesSchema),
      201: json('its dispatches', dispatchesSchema),
    },
    refuses: { 409: 'order-taken, unit-off-duty, already-dispatched' },
  }),
  change('post', '/api/dispatches/{id}/answer', 'What the crew answers; by the desk, what it said by radio', {
    may: 'answerDispatches',
    body: answerSchema,
    answers: { 200: json('the dispatch as it is', dispatchSchema) },
    refuses: refusedStep,
  }),
  change('post', '/api/dispatches/{id}/cancel', 'Calls a unit back', {
    may: 'dispatchUnits',
    body: cancellationSchema,
    answers: { 200: json('the dispatch as it is', dispatchSchema) },
    refuses: refusedStep,
  }),
  get('/api/dispatches/{id}/brief', 'What the crew should know: text, members near, the way there', {
    answers: { 200: json('the brief', briefSchema) },
  }),
  settings.get('/api/stations/{id}/dispatch-settings', 'How a station dispatches', {
    answers: { 200: json('settings', dispatchSettingsSchema) },
  }),
  settings.change('put', '/api/stations/{id}/dispatch-settings', 'Changes how a station dispatches', {
    body: dispatchSettingsSchema,
    answers: { 200: json('settings as they are now', dispatchSettingsSchema) },
  }),
];
