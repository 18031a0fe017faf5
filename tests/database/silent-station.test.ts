import { afterAll, beforeEach, expect, test } from 'vitest';
import { findAlerts, type AlertRow } from '../../api/alerts/queries.ts';
import { SilenceWatch } from '../../api/alerts/watch-silence.ts';
import type { UnitKind } from '../../api/positions/contract.ts';
import type { LatestFix } from '../../api/positions/latest-fixes.ts';
import type { RegistryUnit } from '../../api/units/registry.ts';
import { makeUnit } from './base-data.ts';
import { makeStation, openTestDatabase } from './harness.ts';

const database = openTestDatabase();
afterAll(() => database.close());

const kinds: readonly UnitKind[] = ['uav', 'car', 'car', 'bike', ...Array<UnitKind>(8).fill('foot')];
const everyone = kinds.map((_, index) => index + 1);
const startMs = Date.parse('2026-03-02T14:00:00Z');
let station: string;
let units: RegistryUnit[];
let fixes: Map<number, number>;
let nowMs: number;
let watch: SilenceWatch;
let announced: number;

beforeEach(async () => {
  station = await makeStation(database);
  units = [];
  for (const number of everyone) {
    const kind = kinds[number - 1]!;
    const { id } = await makeUnit(database, station, { number, kind, callSign: `巡${number}` });
    units.push({ unitId: id, stationId: station, unitNumber: number, callSign: `巡${number}`, kind, dutyState: 'on' });
  }
  fixes = new Map();
  nowMs = startMs;
  watch = startWatch();
});

/** As the server does when it starts. */
function startWatch(): SilenceWatch {
  announced = 0;
  return new SilenceWatch({
    database,
    registry: { stationIds: [station], listUnits: () => units },
    latest: {
      find(_, unitNumber) {
        const observedAtMs = fixes.get(unitNumber);
        return observedAtMs === undefined ? undefined : ({ unitNumber, observedAtMs } as LatestFix);
      },
    },
    ingest: { trouble: undefined },
    announce: () => announced++,
    now: () => nowMs,
  });
}

/** So many seconds pass, in which these units report every ten and are looked at every five. */
async function pass(seconds: number, reporting: readonly number[]): Promise<void> {
  for (const untilMs = nowMs + seconds * 1000; nowMs < untilMs;) {
    nowMs += 5000;
    if (nowMs % 10_000 === 0) for (const number of reporting) fixes.set(number, nowMs);
    await watch.look();
  }
}

const find = (state: 'open' | 'all' = 'open'): Promise<AlertRow[]> =>
  database.inScope([station], (transaction) =>
    findAlerts(
      transaction,
      { stationIds: [station], wholeStationIds: [station], ownUnitIds: [], namesStationIds: [] },
      { state, since: new Date(0).toISOString(), limit: 100 },
    ),
  );
const kindsOf = (alerts: readonly AlertRow[]): string[] => alerts.map(({ kind }) => kind).toSorted();

test('a station whose gateway goes silent is one alert within 70 s, over when its units report again', async () => {
  await pass(120, everyone);
  await pass(70, []);
  expect(await find()).toMatchObject([
    {
      kind: 'stationSilent',
      severity: 'critical',
      unitId: null,
      detail: { count: 12, of: 12, since: '2026-03-02T14:02:00.000Z' },
    },
  ]);
  // The UAV, which may be silent for thirty seconds only, was told before and is covered now.
  expect(kindsOf(await find('all'))).toEqual(['stationSilent', 'unitStale']);
  await pass(900, []);
  expect(await find('all')).toHaveLength(2);
  await pass(20, everyone);
  expect(await find()).toEqual([]);
  expect(await find('all')).toHaveLength(2);
});

test('one unit that falls silent while the others report is an alert of its own', async () => {
  await pass(60, everyone);
  await pass(400, everyone.slice(1));
  expect(await find()).toMatchObject([{ kind: 'unitStale', unitNumber: 1 }]);
});

test('who does not come back with the others is silent alone, a minute after them', async () => {
  await pass(120, everyone);
  await pass(600, []);
  await pass(50, everyone.slice(0, -2));
  expect(kindsOf(await find())).toEqual(['stationSilent']);
  await pass(30, everyone.slice(0, -2));
  expect(kindsOf(await find())).toEqual(['unitStale', 'unitStale']);
});

test('while many are still missing the one alert says how many', async () => {
  await pass(120, everyone);
  await pass(300, []);
  await pass(120, everyone.slice(0, 5));
  expect(await find()).toMatchObject([{ kind: 'stationSilent', detail: { count: 7, of: 12 } }]);
});

test('a shift that begins during the outage raises nothing more', async () => {
  await pass(120, everyone);
  await pass(300, []);
  const shiftMs = nowMs;
  units = units.map((unit) => ({ ...unit, dutyPeriods: [shiftMs, Infinity] }));
  await pass(900, []);
  expect(kindsOf(await find())).toEqual(['stationSilent']);
});

test('a server that comes back after an hour to units that report raises nothing', async () => {
  await pass(120, everyone);
  nowMs += 3_600_000;
  watch = startWatch();
  await pass(15, []);
  await pass(600, everyone);
  expect(await find('all')).toEqual([]);
});

test('a server that comes back after an hour to silence raises one alert, not one a unit', async () => {
  await pass(120, everyone);
  nowMs += 3_600_000;
  watch = startWatch();
  await pass(900, []);
  expect(await find('all')).toMatchObject([{ kind: 'stationSilent', detail: { count: 12 } }]);
});

test('an outage that was told before a restart is not told again, and ends after it', async () => {
  await pass(120, everyone);
  await pass(100, []);
  watch = startWatch();
  await pass(600, []);
  expect((await find('all')).filter(({ kind }) => kind === 'stationSilent')).toHaveLength(1);
  expect(kindsOf(await find())).toEqual(['stationSilent']);
  await pass(20, everyone);
  expect(await find()).toEqual([]);
});

test('nothing is written while nothing changes', async () => {
  await pass(120, everyone);
  await pass(200, []);
  const before = announced;
  await pass(600, []);
  expect(announced).toBe(before);
});
