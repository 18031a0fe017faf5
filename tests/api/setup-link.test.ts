// The real server and the real command: the first start without demo, and a new link beside the running server.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';

const run = promisify(execFile);
let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ args: ['--no-demo'] });
});
afterAll(() => server.remove());

const tokenIn = (text: string) => /\/setup#([\w-]{43})/.exec(text)?.[1];
const look = async (token: string | undefined) => {
  const response = await fetch(`${server.url}/api/setup/look`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  return response.status;
};

test('the first start prints a link that holds; npm run setup-link prints another, and the first holds no longer', async () => {
  const first = tokenIn(server.output());
  expect(server.output()).toContain(`${server.url}/setup#`);
  expect(await look(first)).toBe(200);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../../api/commands/setup-link.ts')], {
    env: { ...process.env, DATABASE_URL: '', HOST: '', DATA_DIR: server.dataDir, PORT: '4321' },
  });
  const second = tokenIn(stdout);
  expect(stdout).toContain('http://localhost:4321/setup#');
  expect(await look(second)).toBe(200);
  expect(await look(first)).toBe(404);
  expect(server.output()).not.toMatch(/token_hash|sha256/);
});
