import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { isUuid } from '../database/database.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { readQuery } from '../reading/read-query.ts';
import { auditScope } from './audit-scope.ts';
import {
  auditExportQuerySchema,
  auditQuerySchema,
  maxAuditExport,
  type AuditPage,
  type AuditQuery,
} from './contract.ts';
import { describeEntry, readCursor, writeCursor } from './describe-entry.ts';
import { findAuditEntries, type AuditFilter } from './queries.ts';
import { streamCsv } from './stream-csv.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** The audit log, for auditors alone. */
export function createAuditRoutes({
  database,
  viewerOf,
  audit,
}: Pick<Dependencies, 'database' | 'viewerOf' | 'audit'>) {
  return new Hono()
    .get('/audit', async (context) => {
      const query = readQuery(auditQuerySchema, context.req.query());
      const chainIds = await auditScope(database, await viewerOf(context.req.raw), query.station);
      const before = query.before === undefined ? undefined : readCursor(query.before);
      const rows = await database.inScope(chainIds, (transaction) =>
        findAuditEntries(transaction, chainIds, filterOf(query), before, query.limit + 1),
      );
      const entries = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? entries.at(-1) : undefined;
      const page: AuditPage = { entries: entries.map(describeEntry), next: last ? writeCursor(last) : null };
      return context.json(page, 200, unkept);
    })
    .get('/audit.csv', async (context) => {
      const query = readQuery(auditExportQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const chainIds = await auditScope(database, viewer, query.station);
      // Before the first line is sent: no export without an entry.
      await audit.write({
        stationId: query.station?.toLowerCase() ?? viewer.homeStationId,
        actor: { accountId: viewer.accountId, name: viewer.displayName },
        action: 'audit.exported',
        detail: { ...query, chains: chainIds.length },
        address: clientAddressOf(context.req.raw),
        outcome: 'done',
      });
      return context.body(streamCsv(database, chainIds, filterOf(query), maxAuditExport), 200, {
        ...unkept,
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.csv"`,
      });
    });
}

const filterOf = ({ from, to, actor, action, outcome }: Omit<AuditQuery, 'limit'>): AuditFilter => ({
  from,
  to,
  actor: actor === undefined ? undefined : isUuid(actor) ? { id: actor } : { namePart: actor },
  action,
  outcome,
});
