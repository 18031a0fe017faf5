import type { AuditPage } from '$api/audit/contract.ts';
import { getJson } from './client.ts';

/** What narrows the log; what is undefined does not. */
export interface AuditFilter {
  station?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  outcome?: string | undefined;
}

export const readAudit = (filter: AuditFilter, before?: string, signal?: AbortSignal): Promise<AuditPage> =>
  getJson('/api/audit', { query: { ...filter, before }, signal });

/** The address of the same entries as a file. */
export function auditFileAddress(filter: AuditFilter): string {
  const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/api/audit.csv?${new URLSearchParams(given)}`;
}
