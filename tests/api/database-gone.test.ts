// The database goes away under a running server and comes back: nothing acknowledged is lost, and nobody has to restart.
import { createHash } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { openPool } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { makeUnit } from '../database/base-data.ts';
import { makeStation } from '../database/harness.ts';
import { startPostgisCluster } from '../database/postgis-cluster.ts';
import { startServerProcess } from '../e2e/start-server.ts';

/** As long as a restart of a machine takes. */
const goneMs = 60_000;

test(
  'while the database is gone for a minute ingest answers 503 with Retry-After and health says why; it recovers alone',
  { timeout: 240_000 },
  async ({ skip }) => {
    if (inject('poolOptions').engine !== 'postgis') return skip('the embedded engine lives and dies with the server');
    const cluster = await startPostgisCluster({ durable: true });
    const server = await startServerProcess({ args: ['--no-demo'], environment: { DATABASE_URL: cluster.url } });
    const openBeside = () => openPool({ engine: 'postgis', target: { url: cluster.url }, maxConnections: 2 });
    let database = openBeside();
    try {
      const stationId = await makeStation(database);
      await makeUnit(database, stationId, { number: 1, callSign: 'g-1', kind: 'car' });
      await database.inScope([stationId], async (transaction) => {
        await transaction.execute(
          sql`UPDATE devices SET name = 'g-1', token_hash = ${createHash('sha256').update(stationId).digest()} WHERE station_id = ${stationId}`,
        );
      });
      await database.close();
      await new Promise((resolve) => setTimeout(resolve, 2500));

      const startMs = Math.floor(Date.now() / 1000) * 1000 - 2_000_000;
      const report = (second: number) =>
        fetch(`${server.url}/api/positions`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${stationId}`, 'Content-Type': 'application/json' },
          body: JSON.stringify([
            { device: 'g-1', at: new Date(startMs + second * 1000).toISOString(), lngLat: [120, 30], accuracyM: 5 },
          ]),
        });
      expect((await report(1)).status).toBe(200);

      await cluster.halt();
      const backAtMs = Date.now() + goneMs;
      for (let second = 2; Date.now() < backAtMs; second++) {
        const refused = await report(second);
        expect(refused.status).toBe(503);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        const health = await fetch(`${server.url}/api/health`);
        expect(health.status).toBe(503);
        expect(await health.json()).toMatchObject({
          status: 'unavailable',
          problem: expect.stringContaining('database'),
        });
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }

      cluster.launch();
      const launchedAtMs = Date.now();
      let recovered = 0;
      for (let attempt = 0; recovered !== 200 && attempt < 100; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        recovered = (await report(1000)).status;
      }
      expect(recovered).toBe(200);
      expect(Date.now() - launchedAtMs).toBeLessThan(15_000);
      expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
      // The log tells what is wrong now and then, in sentences.
      const told = server.output().match(/ingest\.database-unavailable/g)?.length ?? 0;
      expect(told).toBeGreaterThan(2);
      expect(told).toBeLessThan(10);
      expect(server.output()).not.toMatch(/\n\s+at .*:\d+:\d+/);
      database = openBeside();
      const stored = await database.inScope([stationId], (transaction) =>
        transaction.query<{ count: number }>(sql`SELECT count(*) AS count FROM fixes WHERE station_id = ${stationId}`),
      );
      expect(stored).toEqual([{ count: 2 }]);
    } finally {
      await database.close().catch(() => {});
      await server.remove();
      await cluster.stop();
    }
  },
);
