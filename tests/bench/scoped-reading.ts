// R9: what row-level security and our own pool cost a query of a box and a time, beside pgbench sending the same SQL as
// the owner of the tables, whom no policy concerns: in three round trips, where our transaction of one statement takes one and
// that of several one for each and one for its end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPool, type Database, type Transaction } from '../../api/database/database.ts';
import { sql, type Statement } from '../../api/database/sql.ts';
import { findIncidents } from '../../api/incidents/reading-queries.ts';
import { findTrack } from '../../api/units/queries.ts';
import { makeManyIncidents } from '../database/make-incidents.ts';
import { makeStation } from '../database/make-station.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';
import type { BenchContext, BenchRow } from './contract.ts';
import { beginInScope, middleOf, preparePgbench } from './pgbench.ts';

const connections = 4;
const statementCount = 60;
const day = Date.parse('2026-11-20T00:00:00Z');
const dayMs = 86_400_000;

export async function run(context: BenchContext): Promise<BenchRow[]> {
  if (!context.postgisUrl) return [];
  const database = openPool({ engine: 'postgis', target: { url: context.postgisUrl }, maxConnections: connections });
  const directory = mkdtempSync(join(tmpdir(), 'sd-scoped-'));
  try {
    const stations = [];
    for (let index = 0; index < 4; index++) stations.push(await makeStation(database));
    for (const station of stations) await makeManyIncidents(database, station, context.quick ? 20_000 : 100_000);
    await makeFixes(database, stations, context.quick ? 1000 : 4000);
    for (const table of ['incidents', 'fixes', 'device_units'])
      await database.asOwner((transaction) => transaction.execute({ text: `ANALYZE ${table}`, values: [] }));
    const own = stations[0]!;
    const rows: BenchRow[] = [];
    // As their routes ask: incidents are a transaction of one statement, a look at a track has others before it.
    for (const [what, way, ask] of [
      ['incidents of a box and a year', 'askInScope', incidentsOf(own, context.seed)],
      ['fixes of a unit in an hour, of 3 daily partitions', 'inScope', trackOf(own, context.seed)],
    ] as const)
      rows.push(
        ...(await compare(what, way, { database, url: context.postgisUrl, directory, own }, ask, context.quick)),
      );
    return rows;
  } finally {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Ask = (transaction: Transaction, index: number) => Promise<unknown>;

/** Boxes of some hundred metres anywhere among the incidents. */
function incidentsOf(station: string, seed: number): Ask {
  const random = seededRandom(seed);
  const boxes = Array.from({ length: statementCount }, () => {
    const [west, south] = [117.9 + 0.05 * random(), 29.6 + 0.04 * random()];
    return [west, south, west + 0.008, south + 0.008] as [number, number, number, number];
  });
  const scope = { stationIds: [station], textStationIds: [station] };
  return (transaction, index) =>
    findIncidents(transaction, scope, {
      bbox: boxes[index]!,
      from: Date.parse('2024-06-01T00:00:00Z'),
      to: Date.parse('2025-06-01T00:00:00Z'),
      limit: 1000,
    });
}

function trackOf(stationId: string, seed: number): Ask {
  const random = seededRandom(seed);
  const spans = Array.from({ length: statementCount }, () => {
    const from = day + Math.floor(random() * 3 * 24) * 3_600_000;
    return { number: 1 + Math.floor(random() * 5), from, to: from + 3_600_000 };
  });
  return (transaction, index) => {
    const { number, ...span } = spans[index]!;
    return findTrack(transaction, { stationId, number }, span, 10_000);
  };
}

type Way = 'inScope' | 'askInScope';

async function compare(
  what: string,
  way: Way,
  { database, url, directory, own }: { database: Database; url: string; directory: string; own: string },
  ask: Ask,
  quick: boolean,
): Promise<BenchRow[]> {
  const statements: Statement[] = [];
  for (let index = 0; index < statementCount; index++) statements.push(await statementOf(database, own, ask, index));
  const begin = { off: 'BEGIN;', on: beginInScope([own]) };
  const [rounds, seconds] = quick ? [3, 1] : [7, 3];
  const turns: { ours: number; off: number; on: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const off = await preparePgbench(url, directory, begin.off, statements, connections)(seconds);
    const ours = await rateOf(database[way], own, ask, seconds);
    const on = await preparePgbench(url, directory, begin.on, statements, connections)(seconds);
    turns.push({ off, ours, on });
  }
  const off = middleOf(turns.map((turn) => turn.off));
  const peer = `pgbench, same SQL, row-level security off, ${connections} clients: ${off.toFixed(0)}/s`;
  const row = (name: string, kind: 'ours' | 'on'): BenchRow => ({
    id: 'R9',
    what: name,
    value: middleOf(turns.map((turn) => turn[kind])),
    unit: 'queries/s',
    peer,
    ratio: middleOf(turns.map((turn) => turn[kind] / turn.off)),
  });
  const ours = row(`${what}, scoped, ${connections} connections`, 'ours');
  return [
    { ...ours, aim: '≥ 0.85', met: ours.ratio! >= 0.85 },
    row(`${what}: pgbench in the same scope, so without our own work`, 'on'),
  ];
}

/** The statement that `ask` sends, not sent. */
async function statementOf(database: Database, own: string, ask: Ask, index: number): Promise<Statement> {
  let asked: Statement | undefined;
  await database.inScope([own], (transaction) =>
    ask(
      {
        ...transaction,
        async query(statement) {
          asked = statement;
          return [];
        },
      },
      index,
    ),
  );
  return asked!;
}

async function rateOf(run: Database[Way], own: string, ask: Ask, seconds: number): Promise<number> {
  const endsAtMs = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < endsAtMs) {
        const index = Math.floor(Math.random() * statementCount);
        await run([own], (transaction) => ask(transaction, index));
        count++;
      }
    }),
  );
  return count / seconds;
}

/** A few units a station, a fix of each every some seconds through three days. */
async function makeFixes(database: Database, stations: readonly string[], fixesADay: number): Promise<void> {
  for (let index = 0; index < 3; index++)
    await database.inScope([], (transaction) =>
      transaction.execute(
        sql`SELECT make_fix_partition(${new Date(day + index * dayMs).toISOString().slice(0, 10)}::date)`,
      ),
    );
  for (const [place, station] of stations.entries())
    await database.inScope([station], async (transaction) => {
      const firstDevice = 1_000_000 + 100 * place;
      await transaction.execute(sql`
        INSERT INTO device_units (station_id, unit_number, device_number)
        SELECT ${station}, n, ${firstDevice}::integer + n FROM generate_series(1, 5) AS n`);
      await transaction.execute(sql`
        INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point, speed_mps)
        SELECT ${firstDevice}::integer + n, n, at, at, ${station}, ST_SetSRID(ST_MakePoint(117.9 + random() * 0.06, 29.6 + random() * 0.05), 4326), 1.5
        FROM generate_series(1, 5) AS n, (
          SELECT ${new Date(day).toISOString()}::timestamptz + k * interval '1 day' / ${fixesADay}::integer AS at
          FROM generate_series(0, ${3 * fixesADay - 1}::integer) AS k) AS times`);
    });
}
