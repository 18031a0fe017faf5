// R10: single fixes on kept-alive connections to 500 viewers, each part in a process of its own. Where the machine does not
// carry sender, server, database and viewers at once, the highest rate that holds is measured and said.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { makeFleet } from '../fixtures/make-fleet.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { createSessions } from '../../api/accounts/sessions.ts';
import { startServeProcess } from '../fixtures/serve-process.ts';
import type { Bench, BenchRow } from './contract.ts';
import { postgresMs, processorMs } from './live/processor-time.ts';
import type { PostsOrder, PostsReport } from './live/posts-process.ts';
import type { WatchersOrder, WatchersReport } from './live/watchers-process.ts';

const unitCount = 4000;
const viewerCount = 500;
/** Of the viewers that look at the whole city. */
const readers = 8;
const rates = [4000, 3000, 2000, 1500, 1000, 500];
/** A rate holds when nearly every post is answered within this: else they pile up, here or there. */
const holdsWithinMs = 1000;

export const run: Bench = async ({ postgisUrl, quick, seed }) => {
  if (!postgisUrl) return [];
  const database = openPool({ engine: 'postgis', target: { url: postgisUrl }, maxConnections: 2 });
  const { stationId } = await makeFleet(database, unitCount, 'b-');
  // Before the server starts: it honours a new credential within two seconds, on a quiet machine.
  const cookie = await prepare(database, stationId);
  const server = await startServeProcess({ DATABASE_URL: postgisUrl, PORT: '0' }, ['--expose-gc']);
  const port = Number(new URL(server.url).port);
  const children: ChildProcess[] = [];
  const start = async (file: string, order: PostsOrder | WatchersOrder): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, 'live', file), [JSON.stringify(order)], {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
    });
    children.push(child);
    await heard(child);
    return child;
  };
  try {
    const watchers = await start('watchers-process.ts', {
      ...{ port, stationId, cookie, readers, seed },
      ...{ viewers: viewerCount, units: unitCount },
    });
    const posts = await start('posts-process.ts', { port, stationId, units: unitCount, connections: 200 });
    const send = async (rate: number, seconds: number): Promise<PostsReport> => {
      posts.send({ rate, seconds });
      return heard<PostsReport>(posts);
    };

    const acknowledged = new Set<number>();
    const note = ({ answeredAfterMs, observedAtMs, units, refusals }: PostsReport) => {
      if (refusals.length > 0)
        throw new Error(`${refusals.length} fixes were refused, one with: ${refusals[0]!.split('\r\n\r\n').at(-1)}`);
      answeredAfterMs.forEach((ms, i) => {
        if (!Number.isNaN(ms)) acknowledged.add(keyOf(units[i]!, observedAtMs[i]!));
      });
    };
    let rate = rates[0]!;
    for (const tried of rates) {
      rate = tried;
      const trial = await send(tried, quick ? 3 : 5);
      note(trial);
      if (!trial.isOverrun && quantile(trial.answeredAfterMs, 0.99) < holdsWithinMs) break;
    }

    const [{ pid: backend }] = (await database.asOwner((transaction) =>
      transaction.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`),
    )) as [{ pid: number }];
    const memoryBefore = await server.memoryMb();
    const before = { server: processorMs(server.pid), database: postgresMs(backend) };
    watchers.send('begin');
    const beganMs = performance.now();
    const seconds = quick ? 6 : 30;
    const sent = await send(rate, seconds);
    // The last ones are shown by the tick that follows.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const passedS = (performance.now() - beganMs) / 1000;
    const cpu = {
      server: (processorMs(server.pid) - before.server) / passedS / 1000,
      database: (postgresMs(backend) - before.database) / passedS / 1000,
    };
    watchers.send('report');
    const watched = await heard<WatchersReport>(watchers);
    const memoryAfter = await server.memoryMb();
    note(sent);
    const kept = await findFixes(database, stationId);
    const lost = [...acknowledged].filter((fix) => !kept.has(fix)).length;
    const delaysMs = delaysOf(sent, watched);
    const answeredMs = quantile(sent.answeredAfterMs, 0.99);
    const delayMs = quantile(delaysMs, 0.99);
    const growth = ((memoryAfter - memoryBefore) / passedS) * 60;
    const share = (cores: number): string => `${(100 * cores).toFixed(0)} %`;
    const whole = rate === rates[0];
    return [
      row(
        `p99 from POST to viewer, ${rate.toLocaleString('en')} single-fix POSTs/s${whole ? '' : ` (the highest rate that held here; ${rates[0]!.toLocaleString('en')} did not)`}, ${viewerCount} viewers`,
        delayMs,
        'ms',
        {
          peer: `a tick and the commit: ${(1000 + answeredMs).toFixed(0)} ms p99; of one core server ${share(cpu.server)}, PostgreSQL ${share(cpu.database)}, sender ${share(sent.cpuMs / passedS / 1000)}, viewers ${share(watched.cpuMs / passedS / 1000)}`,
          ratio: (1000 + answeredMs) / delayMs,
          aim: '≤ 1,500 ms',
          met: delayMs <= 1500 && whole,
        },
      ),
      row('p99 from POST to its answer, committed', answeredMs, 'ms', {
        peer: `the sender itself was up to ${sent.mostLateMs.toFixed(0)} ms late`,
      }),
      row('acknowledged fixes that are not in the database', lost, `of ${acknowledged.size.toLocaleString('en')}`, {
        aim: '0',
        met: lost === 0,
      }),
      row(`server memory in use after collection, growth in ${passedS.toFixed(0)} s`, growth, 'MB/min', {
        peer: `${memoryBefore.toFixed(1)} MB before, ${memoryAfter.toFixed(1)} MB after`,
        aim: '< 1 MB/min',
        met: growth < 1,
      }),
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await server.stop();
    await database.close();
  }
};

async function heard<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the benchmark ended with code ${String(code)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
  return message;
}

/** Each device has a credential of its own (`tokenOf`). @returns the cookie of a commander of the station */
async function prepare(database: Database, stationId: string): Promise<string> {
  await database.inScope([stationId], (transaction) =>
    transaction.execute(
      sql`UPDATE devices SET token_hash = sha256(convert_to(name || '.' || station_id, 'UTF8')) WHERE station_id = ${stationId}`,
    ),
  );
  const sessions = await createSessions(database, { isSecure: true, poll: false });
  return beginSession(database, sessions.cookieName, await makeAccount(database, stationId, 'commander'));
}

/** Names a fix by its unit and its time. */
const keyOf = (unit: number, observedAtMs: number): number => unit * 2 ** 38 + (observedAtMs % 2 ** 38);

async function findFixes(database: Database, stationId: string): Promise<Set<number>> {
  const rows = await database.inScope([stationId], (transaction) =>
    transaction.query<{ unit: number; at: number }>(sql`
      SELECT unit_number AS unit, (extract(epoch FROM observed_at) * 1000)::bigint AS at
      FROM fixes WHERE station_id = ${stationId}`),
  );
  return new Set(rows.map(({ unit, at }) => keyOf(unit, at)));
}

/** From each fix's due time to the first message with it or a later one of its unit, for every viewer that reads. */
function delaysOf({ dueAtMs, units, nths }: PostsReport, { seen }: WatchersReport): Float64Array {
  const dueOf = new Map<number, number>();
  const nameOf = (unit: number, nth: number): number => unit * 100_000 + nth;
  const lastNth = new Map<number, number>();
  const firstNth = new Map<number, number>();
  units.forEach((unit, i) => {
    dueOf.set(nameOf(unit, nths[i]!), dueAtMs[i]!);
    lastNth.set(unit, nths[i]!);
    if (!firstNth.has(unit)) firstNth.set(unit, nths[i]!);
  });
  const delays: number[] = [];
  for (const entries of seen) {
    const nextOf = new Map(firstNth);
    for (let i = 0; i < entries.length; i += 3) {
      const [unit, nth, atMs] = [entries[i]!, entries[i + 1]!, entries[i + 2]!];
      for (let next = nextOf.get(unit) ?? Infinity; next <= nth; nextOf.set(unit, ++next))
        delays.push(atMs - dueOf.get(nameOf(unit, next))!);
    }
    const missing = [...lastNth].filter(([unit, nth]) => (nextOf.get(unit) ?? 0) <= nth).length;
    if (missing > 0) throw new Error(`a viewer never saw the last fix of ${missing} units`);
  }
  return Float64Array.from(delays);
}

const quantile = (numbers: Float64Array, part: number): number =>
  numbers.toSorted()[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? NaN;

const row = (what: string, value: number, unit: string, more: Partial<BenchRow>): BenchRow => ({
  id: 'R10',
  what,
  value,
  unit,
  ...more,
});
