// The disk of the database fills up under a running server: senders are told to come again, the operator why, and
// nothing that was acknowledged is lost when there is room again.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { openPool, type Database, type PoolOptions } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { makeUnit } from '../database/base-data.ts';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { makeStation } from '../database/harness.ts';
import { startPostgisCluster, type PostgisCluster } from '../database/postgis-cluster.ts';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';
import { mountSmallDisk } from '../fixtures/small-disk.ts';

const device = 'd-1';
const reportSize = 500;
const startMs = Math.floor(Date.now() / 1000) * 1000 - 5 * 86_400_000;

async function makeDevice(database: Database): Promise<string> {
  const stationId = await makeStation(database);
  await makeUnit(database, stationId, { number: 1, callSign: device, kind: 'car' });
  await database.inScope([stationId], (transaction) =>
    transaction.execute(
      sql`UPDATE devices SET name = ${device}, token_hash = ${createHash('sha256').update(stationId).digest()} WHERE station_id = ${stationId}`,
    ),
  );
  return stationId;
}

interface Answer {
  /** 0: no answer at all. */
  status: number;
  retryAfterS: number;
  accepted: number;
}

/** Sends the n-th report of many fixes. */
async function report(url: string, token: string, nth: number): Promise<Answer> {
  try {
    const response = await fetch(`${url}/api/positions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(
        Array.from({ length: reportSize }, (_, index) => ({
          device,
          at: new Date(startMs + (nth * reportSize + index) * 100).toISOString(),
          lngLat: [120, 30],
          accuracyM: 5,
        })),
      ),
    });
    const body = (await response.json()) as { outcomes?: { outcome: string }[] };
    return {
      status: response.status,
      retryAfterS: Number(response.headers.get('retry-after')),
      accepted: body.outcomes?.filter(({ outcome }) => outcome !== 'quarantined').length ?? 0,
    };
  } catch {
    return { status: 0, retryAfterS: 0, accepted: 0 };
  }
}

test(
  'on a full disk reports are answered 503 and health says why; with room again all that was acknowledged is there',
  { timeout: 240_000 },
  async ({ skip }) => {
    const isPostgis = inject('poolOptions').engine === 'postgis';
    const disk = mountSmallDisk(isPostgis ? 300 : 200);
    if (!disk) return skip('only root may make a small disk');
    const environment: Record<string, string> = {};
    let cluster: PostgisCluster | undefined;
    let server: ServerProcess | undefined;
    try {
      let beside: PoolOptions;
      if (isPostgis) {
        cluster = await startPostgisCluster({ durable: true, parent: disk.path });
        environment['DATABASE_URL'] = cluster.url;
        beside = { engine: 'postgis', target: { url: cluster.url }, maxConnections: 2 };
      } else {
        environment['DATA_DIR'] = join(disk.path, 'data');
        mkdirSync(environment['DATA_DIR'], { mode: 0o700 });
        await copyEmbeddedTemplate(environment['DATA_DIR']);
        beside = { engine: 'embedded', target: { socketDir: environment['DATA_DIR'] }, maxConnections: 2 };
      }
      server = await startServerProcess({ args: ['--no-demo'], environment });
      const database = openPool(beside);
      const token = await makeDevice(database);
      await database.close();
      // The registry honours a new credential within two seconds.
      await new Promise((resolve) => setTimeout(resolve, 2500));

      const acknowledged = new Set<number>();
      const send = async (nth: number): Promise<Answer> => {
        const answer = await report(server!.url, token, nth);
        if (answer.status === 200) {
          expect(answer.accepted).toBe(reportSize);
          acknowledged.add(nth);
        }
        return answer;
      };
      for (let nth = 0; nth < 4; nth++) expect((await send(nth)).status).toBe(200);

      disk.fill();
      let refused: Answer | undefined;
      let nth = 4;
      for (; !refused && nth < 400; nth++) {
        const answer = await send(nth);
        if (answer.status !== 200) refused = answer;
      }
      expect(refused, 'a report that does not fit').toMatchObject({ status: 503 });
      expect(refused!.retryAfterS).toBeGreaterThan(0);
      const health = await fetch(`${server.url}/api/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({ problem: expect.stringMatching(/disk|recovery|space/i) });

      disk.free();
      // Some databases end rather than go on with a full disk; the operator starts them again.
      cluster?.launchAnew();
      let recovered = 0;
      for (let attempt = 0; recovered !== 200 && attempt < 150; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        recovered = (await send(nth)).status;
      }
      expect(recovered).toBe(200);
      expect((await fetch(`${server.url}/api/health`)).status).toBe(200);

      const again = openPool(beside);
      const stored = await again.inScope([token], (transaction) =>
        transaction.query<{ at: Date }>(sql`SELECT observed_at AS at FROM fixes WHERE station_id = ${token}`),
      );
      await again.close();
      const storedMs = new Set(stored.map(({ at }) => at.getTime()));
      expect(storedMs.size).toBe(stored.length);
      const lost = [...acknowledged].filter((one) =>
        Array.from({ length: reportSize }, (_, index) => startMs + (one * reportSize + index) * 100).some(
          (ms) => !storedMs.has(ms),
        ),
      );
      expect(lost).toEqual([]);
      expect(server.output()).toContain('ingest.database-unavailable');
      expect(server.output()).not.toMatch(/\n\s+at .*:\d+:\d+/);
      expect(await server.end()).toBe(0);
    } finally {
      await server?.end('SIGKILL');
      await cluster?.stop();
      disk.remove();
    }
  },
);
