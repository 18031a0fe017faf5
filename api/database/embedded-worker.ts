// The embedded engine: PGlite with PostGIS in a worker thread, so that a long statement never blocks the HTTP server's
// event loop. It listens on DATA_DIR/.s.PGSQL.5432 for pg.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const { databaseDir, socketPath } = workerData as { databaseDir: string; socketPath: string };
if (!parentPort) throw new Error('embedded-worker.ts runs in a worker thread only');
const port = parentPort;

try {
  const database = await PGlite.create({ dataDir: databaseDir, extensions: { postgis }, relaxedDurability: false });
  // The default of 1 connection refuses the pool's second with EPIPE.
  const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 32 });
  await server.start();
  port.on('message', async () => {
    // The socket server lets go of a closed connection a moment later and asks the engine once more, which is closed by then.
    process.on('unhandledRejection', () => {});
    await server.stop().catch(() => {});
    await database.close().catch(() => {});
    port.postMessage({ kind: 'closed' });
    process.exit(0);
  });
  port.postMessage({ kind: 'open' });
} catch (error) {
  port.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
