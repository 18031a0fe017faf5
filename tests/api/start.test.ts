// The real server as a process: how it starts, refuses to start and ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { findFreePort } from '../database/postgis-cluster.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ args: ['--no-demo'] });
});
afterAll(() => server.remove());

const refusal = (options: Parameters<typeof startServerProcess>[0]) =>
  startServerProcess(options).then(
    async (started) => {
      await started.end();
      throw new Error('it started');
    },
    (error: Error) => error.message,
  );

test('health tells the engine, its PostGIS and how durable it is', async () => {
  const response = await fetch(`${server.url}/api/health`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: 'ok',
    database: {
      engine: 'embedded',
      postgis: expect.stringMatching(/^3\./),
      durability: expect.stringContaining('not a power cut'),
    },
  });
});

test('an address that is not there is a problem document, not a page', async () => {
  const response = await fetch(`${server.url}/api/nothing`);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
});

test('a second start on the same data directory ends with one plain sentence', async () => {
  const message = await refusal({ args: ['--no-demo'], environment: { DATA_DIR: server.dataDir } });
  expect(message).toMatch(/ended with code 1/);
  expect(message).toMatch(/is in use by another Shaodian process/);
  expect(message).not.toMatch(/\bat .*\.ts:\d+/);
});

test('a taken port ends with one plain sentence', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, 'localhost', resolve));
  const { port } = taken.address() as AddressInfo;
  const message = await refusal({ args: ['--no-demo'], environment: { PORT: String(port) } });
  taken.close();
  expect(message).toMatch(new RegExp(`code 1[\\s\\S]*Port ${port} is taken`));
});

test('an unreachable database ends with one plain sentence', async () => {
  const message = await refusal({ environment: { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' } });
  expect(message).toMatch(/code 1[\s\S]*The database at DATABASE_URL .* cannot be used/);
  expect(message).not.toContain('secret');
});

test('a value that makes no sense names the variable, what it holds and what was expected', async () => {
  expect(await refusal({ environment: { PORT: 'eighty' } })).toMatch(
    /PORT is "eighty"; it must be a whole number from 0 to 65535/,
  );
});

test('listening beyond loopback is refused without TLS', async () => {
  expect(await refusal({ environment: { HOST: '0.0.0.0' } })).toMatch(/code 1[\s\S]*HOST is 0\.0\.0\.0/);
});

test('an unwritable data directory ends with one plain sentence', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'sd-ro-'));
  // Root may write anywhere, so a file stands where the directory's parent would be.
  writeFileSync(join(parent, 'file'), '');
  const dataDir = join(parent, 'file', 'data');
  expect(await refusal({ environment: { DATA_DIR: dataDir } })).toMatch(/code 1[\s\S]*DATA_DIR .* cannot be written/);
  rmSync(parent, { recursive: true, force: true });
});

test('two simultaneous starts on a new directory: one runs, the other ends with a sentence', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  const starts = await Promise.allSettled(
    [1, 2].map(() => startServerProcess({ args: ['--no-demo'], environment: { DATA_DIR: dataDir } })),
  );
  const running = starts.filter((start) => start.status === 'fulfilled');
  const refused = starts.filter((start) => start.status === 'rejected');
  for (const { value } of running) await value.end();
  rmSync(dataDir, { recursive: true, force: true });
  expect(running).toHaveLength(1);
  expect(String(refused[0]?.reason)).toMatch(/is in use by another Shaodian process/);
});

test('a start after kill -9 finds everything and runs', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  await copyEmbeddedTemplate(dataDir);
  const first = await startServerProcess({ args: ['--no-demo'], environment: { DATA_DIR: dataDir } });
  await first.end('SIGKILL');
  const second = await startServerProcess({ args: ['--no-demo'], environment: { DATA_DIR: dataDir } });
  expect((await fetch(`${second.url}/api/health`)).status).toBe(200);
  expect(await second.end('SIGTERM')).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

test('a request addressed to another name is refused, so that no other site reads through the browser', async () => {
  const { port } = new URL(server.url);
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = get(
      { host: 'localhost', port, path: '/api/stations', headers: { Host: 'evil.example' } },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    request.on('error', reject);
  });
  expect(answer.status).toBe(421);
  expect(JSON.parse(answer.body)).toMatchObject({
    errors: [{ field: 'Host', got: 'evil.example', expected: 'localhost' }],
  });
});

test('a database without PostGIS ends with one plain sentence', async () => {
  // The embedded engine without its extension is a PostgreSQL that has no PostGIS to offer.
  const bare = await PGlite.create();
  const socketServer = new PGLiteSocketServer({
    db: bare,
    host: '127.0.0.1',
    port: await findFreePort(),
    maxConnections: 8,
  });
  await socketServer.start();
  const message = await refusal({
    environment: { DATABASE_URL: `postgres://postgres@${socketServer.getServerConn()}/postgres` },
  });
  await socketServer.stop();
  // Its sockets are let go of a moment after they closed, and that asks the engine once more.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await bare.close();
  expect(message).toMatch(/code 1[\s\S]*has no PostGIS: install it/);
});
