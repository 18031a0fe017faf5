import type { Database } from '../database/database.ts';
import { findAuditEntries, type AuditCursor, type AuditFilter } from './queries.ts';
import { csvHeader, csvLine } from './write-csv.ts';

const pageSize = 1000;

/**
 * The entries as a file, newest first, at most `limit`; read page by page as fast as the client takes them. A database
 * that goes away meanwhile breaks the answer off, so that nobody takes it for whole.
 */
export function streamCsv(
  database: Database,
  chainIds: readonly string[],
  filter: AuditFilter,
  limit: number,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let before: AuditCursor | undefined;
  let left = limit;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(csvHeader));
    },
    async pull(controller) {
      const rows =
        left === 0
          ? []
          : await database.inScope(chainIds, (transaction) =>
              findAuditEntries(transaction, chainIds, filter, before, Math.min(left, pageSize)),
            );
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.map(csvLine).join('')));
      before = rows.at(-1);
      left -= rows.length;
      if (!before) controller.close();
    },
  });
}
