import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { auditExportQuerySchema, auditPageSchema, auditQuerySchema } from './contract.ts';

const { get } = inRoom('Audit', { sees: 'audit' });

export const auditOperations: readonly Operation[] = [
  get('/api/audit', 'The audit log, newest first', {
    query: auditQuerySchema,
    answers: { 200: json('a page of entries', auditPageSchema) },
  }),
  get('/api/audit.csv', 'The same as a file; the export is itself logged', {
    query: auditExportQuerySchema,
    answers: { 200: { says: 'the entries', mediaType: 'text/csv' } },
  }),
];
