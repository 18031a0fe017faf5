import { inRoom, json, type Operation } from '../openapi/operation.ts';

const { get } = inRoom('Operation', { access: 'anybody' });

export const healthOperations: readonly Operation[] = [
  get('/api/health', 'Whether the server can work', {
    access: 'anybody',
    answers: { 200: json('what runs'), 503: json('what is wrong') },
  }),
  get('/api/metrics', 'Counts for Prometheus, on this machine or with METRICS_TOKEN', {
    access: 'anybody',
    answers: { 200: { says: 'metrics', mediaType: 'text/plain' } },
    refuses: { 401: 'unknown-credential', 403: 'metrics-local-only' },
  }),
  get('/api/openapi.json', 'This document', { access: 'anybody', answers: { 200: json('OpenAPI 3.1') } }),
  get('/api/docs', 'This document as a page', {
    access: 'anybody',
    answers: { 200: { says: 'the page', mediaType: 'text/html' } },
  }),
  get('/api/docs.css', 'Its stylesheet', {
    access: 'anybody',
    answers: { 200: { says: 'the stylesheet', mediaType: 'text/css' } },
  }),
];
