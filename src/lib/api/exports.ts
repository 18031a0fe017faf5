import type { ExportRequest } from '$api/exports/contract.ts';
import { openStream, sendJson } from './client.ts';

/** The file of these rows. What is taken is entered in the audit log before it comes. */
export async function takeRows(asked: ExportRequest, signal: AbortSignal): Promise<Blob> {
  const stream = await openStream('/api/exports', { post: asked, signal, timeoutMs: 60_000 });
  return new Response(stream).blob();
}

/** Tells the audit log of a picture or a brief, which the browser makes by itself. */
export const notePicture = (what: 'picture' | 'brief', stationId: string, query: string): Promise<void> =>
  sendJson('POST', '/api/exports', { what, stationId, query: query.slice(0, 2000) } satisfies ExportRequest);
