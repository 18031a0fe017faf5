// npm run replay: a recorded GPX track goes through the ingest endpoint of a running server like any device.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { isHeld } from '../database/embedded.ts';
import { openCommandDatabase } from '../database/open.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { lendDevice } from '../replay/lend-device.ts';
import { planReplay } from '../replay/plan-replay.ts';
import { readGpx, type RecordedFix } from '../replay/read-gpx.ts';
import { sendReplay } from '../replay/send-replay.ts';
import { createProgress } from './progress.ts';

const usage = `Usage: npm run replay -- FILE.gpx --unit "call sign" [options]
  --speed N        times as fast as recorded, 1 or more (1)
  --url URL        server (http://localhost:3000)
  --station NAME   where several stations have such a unit
  --token TOKEN    credential of the unit's device, for a server on another machine;
                   without it a temporary one is made in this machine's database
  --device NAME    with --token: the device's name (the call sign)`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A server polls for new credentials every few seconds. */
const newCredentialMs = 30_000;

try {
  await replay(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function replay({
  path,
  unit,
  speed,
  url,
  station,
  token,
  device,
}: ReturnType<typeof readOptions>): Promise<void> {
  const fixes = await readFixes(path);
  await checkServer(url);
  if (token !== undefined) return run(fixes, { url, speed, unit, token, device: device ?? unit, patienceMs: 0 });
  const environment = readEnvironment(process.env, []);
  if (!environment.databaseUrl && !(await isHeld(environment.dataDir)))
    throw new OperatorError(
      `The server at ${url} does not use ${environment.dataDir}: set DATA_DIR or DATABASE_URL as it has them, or give --token with a credential of the unit's device.`,
    );
  const opened = await openCommandDatabase(environment);
  try {
    const lent = await lendDevice(opened.database, unit, station);
    if (!lent.isOnDuty) say(`${unit} is off duty: its fixes will be counted and not stored.`);
    try {
      await run(fixes, { url, speed, unit, token: lent.token, device: lent.name, patienceMs: newCredentialMs });
    } finally {
      await lent.giveBack();
    }
  } finally {
    await opened.close();
  }
}

interface Run {
  url: string;
  speed: number;
  unit: string;
  token: string;
  device: string;
  patienceMs: number;
}

async function run(fixes: readonly RecordedFix[], { url, speed, unit, token, device, patienceMs }: Run): Promise<void> {
  const recordedS = ((fixes.at(-1)?.atMs ?? 0) - (fixes[0]?.atMs ?? 0)) / 1000;
  say(
    `Replaying ${fixes.length} fixes of ${recordedS.toFixed(0)} s as ${unit} in ${(recordedS / speed).toFixed(0)} s. Ctrl-C ends it.`,
  );
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const progress = createProgress(`replaying ${unit}`);
  const planned = planReplay(fixes, { device, speed, startsAtMs: Date.now() });
  const counts = await sendReplay(planned, {
    url,
    token,
    signal: stop.signal,
    patienceMs,
    onSent: (sent) => progress.update(sent / planned.length),
  }).finally(() => progress.end());
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  say(
    `${sum} of ${fixes.length} sent: ${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none'}.`,
  );
}

async function readFixes(path: string): Promise<RecordedFix[]> {
  const stream = createReadStream(path, 'utf8');
  try {
    return await readGpx(stream as AsyncIterable<string>, basename(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new OperatorError(`${path} cannot be read (${code}).`);
    throw error;
  }
}

async function checkServer(url: string): Promise<void> {
  const answer = await fetch(new URL('/api/health', url)).catch(() => undefined);
  if (!answer)
    throw new OperatorError(`No server answers at ${url}: start it with npm start, or say where it is with --url.`);
  await answer.body?.cancel();
}

function readOptions(args: string[]) {
  let parsed;
  const text = { type: 'string' } as const;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { unit: text, speed: text, url: text, station: text, token: text, device: text },
    });
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${usage}`);
  }
  const [path, ...rest] = parsed.positionals;
  const { unit, station, token, device, speed = '1', url = 'http://localhost:3000' } = parsed.values;
  if (!path || !unit?.trim() || rest.length > 0) throw new OperatorError(usage);
  if (!(Number(speed) >= 1 && Number(speed) <= 100_000))
    throw new OperatorError(
      `--speed is ${speed}; it must be a number from 1: slower than recorded, fixes would lie in the future.`,
    );
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new OperatorError(`--url is ${url}; it must look like http://localhost:3000.`);
  return { path, unit: unit.trim(), speed: Number(speed), url, station, token, device };
}
