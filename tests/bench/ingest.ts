// R1: durable ingest through HTTP, against COPY into the same table by a superuser (whom row-level security does not
// touch) and against one INSERT a row. Every way writes the same number of rows of the same shape into one new day.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';
import { startServeProcess } from '../fixtures/serve-process.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const fixesPerRequest = 500;
const connections = 8;
/** Units behind each connection's gateway; each report carries the last two seconds of all of them. */
const unitsPerGateway = 250;

interface Gateway {
  token: string;
  units: { device: string; number: number; deviceNumber: number; lng: number; lat: number }[];
}

export async function run(context: BenchContext): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  if (context.postgisUrl) {
    const database = openPool({ engine: 'postgis', target: { url: context.postgisUrl }, maxConnections: 2 });
    const fixes = context.quick ? 100_000 : 400_000;
    try {
      const { stationId, gateways } = await makeGateways(database, context.seed);
      const ingest = await measureHttp({ DATABASE_URL: context.postgisUrl }, gateways, fixes, 0);
      const copy = await measureCopy(context.postgisUrl, database, stationId, gateways, fixes);
      const insert = await measureInsert(
        context.postgisUrl,
        database,
        stationId,
        gateways,
        context.quick ? 2000 : 8000,
      );
      rows.push(
        {
          id: 'R1',
          what: `durable ingest through HTTP, PostGIS: reports of ${fixesPerRequest} fixes on ${connections} connections, ${connections * unitsPerGateway} units`,
          value: ingest,
          unit: 'fixes/s',
          peer: `COPY into the same table without row-level security: ${Math.round(copy)} rows/s`,
          ratio: ingest / copy,
          aim: '≥ 0.3',
          met: ingest / copy >= 0.3,
        },
        {
          id: 'R1',
          what: 'the same',
          value: ingest,
          unit: 'fixes/s',
          peer: `one INSERT a row with pg: ${Math.round(insert)} rows/s`,
          ratio: ingest / insert,
          aim: '≥ 15',
          met: ingest / insert >= 15,
        },
      );
    } finally {
      await database.close();
    }
  }
  return rows;
}

async function makeGateways(database: Database, seed: number): Promise<{ stationId: string; gateways: Gateway[] }> {
  const random = seededRandom(seed);
  const stationId = uuidv7();
  const gateways: Gateway[] = [];
  await database.inScope([stationId], async (transaction) => {
    await transaction.execute(
      sql`INSERT INTO stations (id, name, time_zone) VALUES (${stationId}, ${stationId}, 'Asia/Shanghai')`,
    );
    for (let index = 0; index < connections; index++) {
      const token = `bench-${stationId}-${index}`;
      await transaction.execute(
        sql`INSERT INTO gateways (id, station_id, name, token_hash) VALUES (${uuidv7()}, ${stationId}, ${token}, ${createHash('sha256').update(token).digest()})`,
      );
      const units = Array.from({ length: unitsPerGateway }, (_, unit) => ({
        id: uuidv7(),
        number: index * unitsPerGateway + unit + 1,
        device: `bench-${index}-${unit}`,
        lng: 120 + random() * 0.1,
        lat: 30 + random() * 0.1,
      }));
      await transaction.execute(sql`
        INSERT INTO units (id, station_id, number, call_sign, kind)
        SELECT id, ${stationId}, number, 'unit ' || number, 'car'
        FROM unnest(${units.map(({ id }) => id)}::uuid[], ${units.map(({ number }) => number)}::int[]) AS u(id, number)`);
      const devices = await transaction.query<{ name: string; number: number }>(sql`
        INSERT INTO devices (id, station_id, name, unit_id)
        SELECT gen_random_uuid(), ${stationId}, name, unit_id
        FROM unnest(${units.map(({ device }) => device)}::text[], ${units.map(({ id }) => id)}::uuid[]) AS d(name, unit_id)
        RETURNING name, number`);
      const numbers = new Map(devices.map(({ name, number }) => [name, number]));
      gateways.push({ token, units: units.map((unit) => ({ ...unit, deviceNumber: numbers.get(unit.device)! })) });
    }
  });
  return { stationId, gateways };
}

/** Midnight UTC so many days ago: each way of writing has a day, and so a partition, of its own. */
const startOfDay = (daysAgo: number): number => Math.floor(Date.now() / 86_400_000) * 86_400_000 - daysAgo * 86_400_000;

/** Fix number `second` of a unit: it drives north-east at some 9 m/s. */
const fixOf = (unit: Gateway['units'][number], second: number, startMs: number) => ({
  device: unit.device,
  at: new Date(startMs + second * 1000).toISOString(),
  lngLat: [Number((unit.lng + second * 6e-5).toFixed(7)), Number((unit.lat + second * 6e-5).toFixed(7))],
  accuracyM: 4.5,
  speedMps: 8.9,
  headingDeg: 41,
  batteryPct: 77,
});

async function measureHttp(
  variables: Record<string, string>,
  gateways: readonly Gateway[],
  fixes: number,
  firstSecond: number,
): Promise<number> {
  const server = await startServeProcess(variables);
  try {
    const secondsPerReport = fixesPerRequest / unitsPerGateway;
    const reportsEach = fixes / fixesPerRequest / connections;
    const startMs = startOfDay(1);
    const warmUps = 20;
    // Made before the clock starts: the sender must not be what is measured.
    const reports = gateways.map(({ units }) =>
      Array.from({ length: warmUps + reportsEach }, (_, report) =>
        Buffer.from(
          JSON.stringify(
            Array.from(
              { length: secondsPerReport },
              (_, second) => firstSecond + report * secondsPerReport + second,
            ).flatMap((second) => units.map((unit) => fixOf(unit, second, startMs))),
          ),
        ),
      ),
    );
    const send = (from: number, to: number) =>
      Promise.all(
        gateways.map(async ({ token }, index) => {
          const agent = new Agent({ keepAlive: true, maxSockets: 1 });
          for (const body of reports[index]!.slice(from, to)) await post(server.url, agent, token, body);
          agent.destroy();
        }),
      );
    await send(0, warmUps);
    const startedAt = performance.now();
    await send(warmUps, warmUps + reportsEach);
    return fixes / ((performance.now() - startedAt) / 1000);
  } finally {
    await server.stop();
  }
}

const allAccepted = `{"outcomes":[${Array(fixesPerRequest).fill('{"outcome":"accepted"}').join(',')}]}`;

function post(url: string, agent: Agent, token: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/positions`,
      { agent, method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Length': body.length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (answer === allAccepted) resolve();
          else reject(new Error(`ingest answered ${response.statusCode}: ${answer.slice(0, 300)}`));
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** One COPY of all rows by psql, from a text made before: as fast as PostgreSQL takes rows in. */
async function measureCopy(
  url: string,
  database: Database,
  stationId: string,
  gateways: readonly Gateway[],
  fixes: number,
): Promise<number> {
  await makePartition(database, 2);
  const units = gateways.flatMap((gateway) => gateway.units);
  const startMs = startOfDay(2);
  const lines: string[] = [];
  for (let index = 0; index < fixes; index++) {
    const unit = units[index % units.length]!;
    const { at, lngLat } = fixOf(unit, Math.floor(index / units.length), startMs);
    lines.push(
      `${unit.deviceNumber}\t${unit.number}\t${at}\t${at}\t${stationId}\t${ewkb(lngLat[0]!, lngLat[1]!)}\t8.9\t41\t4.5\t\\N\t77\n`,
    );
  }
  const text = Buffer.from(lines.join(''));
  const psql = spawn(
    'psql',
    ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url, '-c', `\\copy fixes (${copyColumns}) FROM STDIN`],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const exited = once(psql, 'exit');
  // Its start and sign-in are not what is measured.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const startedAt = performance.now();
  psql.stdin.end(text);
  const [code] = (await exited) as [number];
  if (code !== 0) throw new Error(`psql ended with code ${code}`);
  return fixes / ((performance.now() - startedAt) / 1000);
}

const copyColumns =
  'device_number, unit_number, observed_at, received_at, station_id, point, speed_mps, heading_deg, accuracy_m, altitude_m, battery_pct';

function ewkb(lng: number, lat: number): string {
  const bytes = Buffer.alloc(25);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt32LE(0x2000_0001, 1);
  bytes.writeUInt32LE(4326, 5);
  bytes.writeDoubleLE(lng, 9);
  bytes.writeDoubleLE(lat, 17);
  return bytes.toString('hex');
}

async function measureInsert(
  url: string,
  database: Database,
  stationId: string,
  gateways: readonly Gateway[],
  fixes: number,
): Promise<number> {
  await makePartition(database, 3);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const units = gateways.flatMap((gateway) => gateway.units);
  const startMs = startOfDay(3);
  const startedAt = performance.now();
  for (let index = 0; index < fixes; index++) {
    const unit = units[index % units.length]!;
    const { at, lngLat } = fixOf(unit, Math.floor(index / units.length), startMs);
    await client.query(
      `INSERT INTO fixes (${copyColumns}) VALUES ($1, $2, $3, now(), $4, ST_SetSRID(ST_MakePoint($5, $6), 4326), 8.9, 41, 4.5, NULL, 77)`,
      [unit.deviceNumber, unit.number, at, stationId, lngLat[0], lngLat[1]],
    );
  }
  const rate = fixes / ((performance.now() - startedAt) / 1000);
  await client.end();
  return rate;
}

const makePartition = (database: Database, daysAgo: number): Promise<number> =>
  database.inScope([], (transaction) =>
    transaction.execute(
      sql`SELECT make_fix_partition(${new Date(startOfDay(daysAgo)).toISOString().slice(0, 10)}::date)`,
    ),
  );
