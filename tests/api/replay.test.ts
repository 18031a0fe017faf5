// The real command against the real server: what a person who replays a recording sees on the map.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { signInBeside } from '../fixtures/sign-in-beside.ts';
import { startServerProcess, type ServerProcess } from '../e2e/start-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const walk = join(root, 'tests/fixtures/monaco-walk.gpx');
const { target } = inject('poolOptions');
/** The engine of the run: PostGIS is shared with other tests, so that names are this run's own. */
const databaseUrl = 'url' in target ? target.url : '';
const ours = uuidv7().slice(-6);
const [onDuty, offDuty] = [`Moulins ${ours}`, `Costa ${ours}`];
let server: ServerProcess;
/** Who looks at the map. */
let headers: { Cookie: string };

/** A command as a person starts it beside the server; gives what it prints. */
const command = async (name: string, args: string[]) =>
  run(process.execPath, [join(root, `api/commands/${name}.ts`), ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl, DATA_DIR: server.dataDir },
  });

beforeAll(async () => {
  server = await startServerProcess({
    args: ['--no-demo'],
    timeoutMs: 240_000,
    environment: databaseUrl ? { DATABASE_URL: databaseUrl } : {},
  });
  const file = join(server.dataDir, 'units.csv');
  writeFileSync(
    file,
    `call_sign,kind,device,token,duty_state\n${onDuty},foot,m-1,token-1-${ours},on\n${offDuty},foot,m-2,token-2-${ours},off\n`,
  );
  const { stdout } = await command('import', [
    'units',
    file,
    '--station',
    `Monaco ${ours}`,
    '--time-zone',
    'Europe/Monaco',
  ]);
  expect(stdout).toContain('2 new');
  headers = { Cookie: await signInBeside({ dataDir: server.dataDir, databaseUrl }, `Monaco ${ours}`) };
}, 300_000);
afterAll(() => server?.remove());

const unit = async (callSign: string) => {
  const { units } = (await (await fetch(`${server.url}/api/units`, { headers })).json()) as {
    units: { id: string; callSign: string; lngLat: [number, number] | null; at: string | null }[];
  };
  return units.find((candidate) => candidate.callSign === callSign)!;
};

test('a walk replayed beside the server moves the unit to its end with a track of the recorded spacing', async () => {
  const { stdout } = await command('replay', [walk, '--unit', onDuty, '--speed', '200', '--url', server.url]);
  const [, accepted, of] = /(\d+) of (\d+) sent: \1 accepted\./.exec(stdout) ?? [];
  expect(accepted).toBe(of);
  const { id, lngLat, at } = await unit(onDuty);
  expect(lngLat![0]).toBeCloseTo(7.4292, 3);
  expect(lngLat![1]).toBeCloseTo(43.7449, 3);
  expect(Math.abs(Date.now() - Date.parse(at!))).toBeLessThan(20_000);
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const to = new Date(Date.now() + 60_000).toISOString();
  const track = (await (
    await fetch(`${server.url}/api/units/${id}/track?from=${from}&to=${to}&reason=test`, { headers })
  ).json()) as {
    features: { properties: { times: string[]; device: string } }[];
  };
  expect(track.features).toHaveLength(1);
  const { times, device } = track.features[0]!.properties;
  expect(device).toBe(`replay ${onDuty}`);
  expect(times).toHaveLength(Number(of));
  expect(new Set(times.slice(1).map((time, index) => Date.parse(time) - Date.parse(times[index]!)))).toEqual(
    new Set([8000]),
  );
});

test('a unit that is off duty moves nowhere, and the replay says so', async () => {
  const { stdout } = await command('replay', [walk, '--unit', offDuty, '--speed', '500', '--url', server.url]);
  expect(stdout).toMatch(/off duty/);
  expect(stdout).toMatch(/(\d+) of \1 sent: \1 offDuty\./);
  expect((await unit(offDuty)).lngLat).toBeNull();
});

test('with the credential of its device no database is needed; a wrong one is refused in a sentence', async () => {
  const asOther = (token: string) =>
    run(
      process.execPath,
      [
        join(root, 'api/commands/replay.ts'),
        walk,
        '--unit',
        offDuty,
        '--device',
        'm-2',
        '--token',
        token,
        '--speed',
        '500',
        '--url',
        server.url,
      ],
      {
        env: { ...process.env, DATABASE_URL: '', DATA_DIR: '/nowhere/at/all' },
      },
    );
  expect((await asOther(`token-2-${ours}`)).stdout).toMatch(/offDuty/);
  await expect(asOther('wrong')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/refuses the fixes \(401\): Unknown credential/),
  });
});

test('no such unit, no server and a speed below 1 each end in a sentence', async () => {
  const refusal = (args: string[]) =>
    command('replay', [walk, ...args]).then(
      () => 'it ran',
      (error: { stderr: string }) => error.stderr,
    );
  expect(await refusal(['--unit', 'Nobody', '--url', server.url])).toMatch(/no unit with the call sign "Nobody"/);
  expect(await refusal(['--unit', onDuty, '--url', 'http://localhost:1'])).toMatch(/No server answers/);
  expect(await refusal(['--unit', onDuty, '--speed', '0.5'])).toMatch(/--speed is 0.5/);
});
