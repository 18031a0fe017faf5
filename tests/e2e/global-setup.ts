import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, type APIRequestContext } from '@playwright/test';
import { demoPassword } from './sign-in.ts';
import { startServerProcess } from './start-server.ts';

/**
 * One server with the demo station for the run; E2E_URL names one that already runs. Tests begin signed in as the
 * commander, who sees most; those of signing in and of other roles begin anew.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const server = process.env['E2E_URL'] ? undefined : await startServerProcess();
  if (server) process.env['E2E_DATA_DIR'] = server.dataDir;
  const url = (process.env['E2E_URL'] ??= server?.url ?? '');
  const kept = mkdtempSync(join(tmpdir(), 'sd-e2e-'));
  const path = join(kept, 'commander.json');
  const api = await request.newContext({ baseURL: url });
  const answer = await api.post('/api/session', { data: { username: 'commander', password: demoPassword } });
  if (!answer.ok()) throw new Error(`The demo's commander cannot sign in: ${answer.status()} ${await answer.text()}`);
  await untilEveryUnitReported(api);
  await api.storageState({ path });
  await api.dispose();
  process.env['E2E_COMMANDER'] = path;
  return async () => {
    rmSync(kept, { recursive: true, force: true });
    await server?.remove();
  };
}

/** The simulator starts with the server; the screens are tested when it is under way. */
async function untilEveryUnitReported(api: APIRequestContext): Promise<void> {
  // By the clock: on a machine that others use too, the answers themselves take seconds.
  const untilMs = Date.now() + 180_000;
  while (Date.now() < untilMs) {
    const { units } = (await (await api.get('/api/units')).json()) as { units: { at: string | null }[] };
    if (units.length > 0 && units.every(({ at }) => at !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('The demo’s units did not all report within three minutes.');
}
