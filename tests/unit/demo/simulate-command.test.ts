import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const script = new URL('../../../api/commands/simulate.ts', import.meta.url).pathname;

/** Runs the command; `onLine` may end it. */
async function run(args: string[], onLine: (line: string, stop: () => void) => void = () => {}) {
  const child = spawn(process.execPath, [script, ...args]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    onLine(chunk.toString(), () => child.kill('SIGTERM'));
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, output, errors };
}

test('an option that makes no sense is told in one sentence', async () => {
  expect(await run(['--units', 'x'])).toMatchObject({
    code: 1,
    errors: '--units is "x"; it must be a whole number from 1 to 100000.\n',
  });
  expect(await run(['--url', 'ftp://host'])).toMatchObject({
    code: 1,
    errors: '--url is ftp://host; it must look like http://localhost:3000.\n',
  });
  expect((await run(['--tokens', '/no/such/file'])).errors).toBe('--tokens /no/such/file cannot be read (ENOENT).\n');
});

test('a server that is away is told, and SIGTERM ends the command cleanly with the counts', async () => {
  const port = await freePort();
  const { code, output, errors } = await run(['--url', `http://127.0.0.1:${port}`, '--units', '3'], (line, stop) => {
    if (line.includes('does not take fixes')) stop();
  });
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output.trim().split('\n').at(-1)).toMatch(/made \d+ · kept \d+ · accepted 0/);
});

/** A port where nothing listens any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
