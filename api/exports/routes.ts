import { Hono } from 'hono';
import { requireAction } from '../accounts/audience.ts';
import type { Dependencies } from '../app.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { readBody } from '../reading/read-body.ts';
import { exportSchema } from './contract.ts';
import { openExport } from './open-export.ts';
import { rowWriters, streamRows } from './write-rows.ts';

/** Files of what the map shows. Each is in the audit log before its first row is sent. */
export function createExportRoutes({
  database,
  viewerOf,
  audit,
}: Pick<Dependencies, 'database' | 'viewerOf' | 'audit'>) {
  return new Hono().post('/exports', async (context) => {
    const request = context.req.raw;
    const viewer = await viewerOf(request);
    const body = await readBody(exportSchema, request);
    const asked = { ...body, stationId: body.stationId.toLowerCase() };
    const { stationId, what, ...detail } = asked;
    requireAction(viewer, stationId, 'exportRows');
    const note = (action: string, more: Record<string, unknown>) =>
      audit.write({
        stationId,
        actor: { accountId: viewer.accountId, name: viewer.displayName },
        action,
        detail: more,
        address: clientAddressOf(request),
        outcome: 'done',
      });
    if ('query' in asked) {
      await note(asked.what === 'picture' ? 'export.picture' : 'export.brief', { query: asked.query });
      return context.body(null, 204);
    }
    const nowMs = Date.now();
    const { header, count, pages } = await openExport(database, viewer, asked, nowMs);
    await note('export.rows', { what, rows: count, ...detail });
    const writer = rowWriters[asked.format];
    const name = `${what}-${new Date(nowMs).toISOString().slice(0, 10)}.${asked.format}`;
    return context.body(streamRows(writer, header, pages), 200, {
      'Cache-Control': 'no-store',
      'Content-Type': writer.mediaType,
      'Content-Disposition': `attachment; filename="${name}"`,
    });
  });
}
