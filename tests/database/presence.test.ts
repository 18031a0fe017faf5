import { afterAll, beforeAll, expect, test } from 'vitest';
import { unitKinds } from '../../api/positions/contract.ts';
import type { Presence } from '../../api/presence/contract.ts';
import { findPresence } from '../../api/presence/find-presence.ts';
import { markHours } from '../../api/presence/queries.ts';
import { rollUpPresence } from '../../api/presence/roll-up.ts';
import { RunningPresence } from '../../api/presence/running-presence.ts';
import { removePresence } from '../../api/retention/removal-queries.ts';
import { sql } from '../../api/database/sql.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';
import { makeFixes, makeGrid, makeUnit } from './base-data.ts';
import { makeStation, openTestDatabase } from './harness.ts';

const database = openTestDatabase();
afterAll(() => database.close());

const hour = 3_600_000;
/** Whole hours ago, so that nothing runs in it any more. */
const noon = Math.floor(Date.now() / hour) * hour - 6 * hour;
const side = 0.01;
const [west, south] = [117.9, 29.6];
/** Two rows of three square grids. */
const cells = Array.from({ length: 6 }, (_, i) => ({
  number: `${i + 1}`,
  lng: west + (i % 3) * side,
  lat: south + Math.floor(i / 3) * side,
}));

let stationId: string;
let gridIds: string[];

beforeAll(async () => {
  stationId = await makeStation(database);
  gridIds = [];
  for (const cell of cells) gridIds.push(await makeGrid(database, stationId, { ...cell, sideDeg: side }));
});

const iso = (ms: number) => new Date(ms).toISOString();
const read = (from: number, to: number, at = stationId, nowMs = Date.now()): Promise<Presence> =>
  findPresence(database, new RunningPresence(database), at, { fromMs: from, toMs: to, kinds: unitKinds }, nowMs);
const secondsOf = (presence: Presence) =>
  gridIds.map((id) => presence.grids.find(({ gridId }) => gridId === id)!.seconds);

/** Which square holds a place, by its bounds alone; -1: none. */
function cellAt(lng: number, lat: number): number {
  const [column, row] = [Math.floor((lng - west) / side), Math.floor((lat - south) / side)];
  return column < 0 || column > 2 || row < 0 || row > 1 ? -1 : row * 3 + column;
}

test('the roll-up of random walks is what counting moments one by one gives, and its sum the time inside', async () => {
  const random = seededRandom(42);
  const expected = new Float64Array(6);
  let onTrack = 0;
  for (let number = 1; number <= 4; number++) {
    const unit = await makeUnit(database, stationId, { number, callSign: `巡${number}` });
    let [lng, lat] = [west + 3 * side * random(), south + 2 * side * random()];
    let atMs = noon + 60_000 * number;
    const fixes = [{ at: iso(atMs), lng, lat }];
    while (atMs < noon + hour - 420_000) {
      // A silence now and then: longer than a foot patrol's limit of 300 s.
      const stepMs = random() < 0.1 ? 400_000 : 20_000 + Math.round(200_000 * random());
      const next = { lng: lng + (random() - 0.5) * 0.012, lat: lat + (random() - 0.5) * 0.012 };
      if (stepMs <= 300_000)
        for (let s = 0, steps = 2000; s < steps; s++) {
          const share = (s + 0.5) / steps;
          const cell = cellAt(lng + (next.lng - lng) * share, lat + (next.lat - lat) * share);
          if (cell >= 0) expected[cell]! += stepMs / 1000 / steps;
          if (cell >= 0) onTrack += stepMs / 1000 / steps;
        }
      atMs += stepMs;
      [lng, lat] = [next.lng, next.lat];
      fixes.push({ at: iso(atMs), lng, lat });
    }
    await makeFixes(database, stationId, { number, deviceNumber: unit.deviceNumber }, fixes);
  }
  await database.inScope([stationId], (transaction) => markHours(transaction, [{ stationId, hourMs: noon }]));
  await rollUpPresence({ database });
  const presence = await read(noon, noon + hour);
  expect(presence.hoursDue).toBe(0);
  const seconds = secondsOf(presence);
  expect(onTrack).toBeGreaterThan(1000);
  seconds.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2));
  expect(Math.abs(seconds.reduce((sum, value) => sum + value, 0) - onTrack)).toBeLessThan(3);
  // Before and after nothing.
  expect(secondsOf(await read(noon - hour, noon))).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a walk by hand: three minutes west, one minute across, and the part of each hour in its hour', async () => {
  const own = await makeStation(database);
  const a = await makeGrid(database, own, { number: '1', lng: west, lat: south, sideDeg: side });
  const b = await makeGrid(database, own, { number: '2', lng: west + side, lat: south, sideDeg: side });
  const unit = await makeUnit(database, own, { number: 1, callSign: '甲' });
  const lat = south + side / 2;
  await makeFixes(database, own, { number: 1, deviceNumber: unit.deviceNumber }, [
    { at: iso(noon + hour - 120_000), lng: west + 0.005, lat },
    // Standing, across the full hour.
    { at: iso(noon + hour + 60_000), lng: west + 0.005, lat },
    // 0.01° in a minute: half of it in either grid.
    { at: iso(noon + hour + 120_000), lng: west + 0.015, lat },
  ]);
  await database.inScope([own], (transaction) =>
    markHours(
      transaction,
      [0, 1].map((later) => ({ stationId: own, hourMs: noon + later * hour })),
    ),
  );
  await rollUpPresence({ database });
  const of = async (from: number) =>
    Object.fromEntries(
      (await read(from, from + hour, own)).grids.map(({ gridId, seconds, visits }) => [
        gridId,
        [Math.round(seconds * 1000) / 1000, visits],
      ]),
    );
  expect(await of(noon)).toEqual({ [a]: [120, 1], [b]: [0, 0] });
  expect(await of(noon + hour)).toEqual({ [a]: [90, 0], [b]: [30, 0] });
});

test('what is not rolled up yet is counted from its fixes, and the same once it is', async () => {
  const own = await makeStation(database);
  const a = await makeGrid(database, own, { number: '1', lng: west, lat: south, sideDeg: side });
  const unit = await makeUnit(database, own, { number: 1, callSign: '乙', kind: 'car' });
  const nowMs = Math.floor(Date.now() / hour) * hour + hour - 60_000;
  const start = nowMs - 30 * 60_000;
  const fixes = Array.from({ length: 13 }, (_, i) => ({
    at: iso(start + i * 60_000),
    lng: west + 0.005,
    lat: south + 0.005,
  }));
  await makeFixes(database, own, { number: 1, deviceNumber: unit.deviceNumber }, fixes.slice(0, 7));
  await database.inScope([own], (transaction) =>
    transaction.execute(sql`UPDATE device_units SET first_at = ${iso(start)} WHERE station_id = ${own}`),
  );
  const running = new RunningPresence(database);
  const span = {
    fromMs: Math.floor(nowMs / hour) * hour,
    toMs: Math.floor(nowMs / hour) * hour + hour,
    kinds: unitKinds,
  };
  const at = (later: number) => findPresence(database, running, own, span, nowMs + later);
  expect((await at(-20 * 60_000)).grids).toEqual([{ gridId: a, seconds: 360, visits: 1 }]);
  await makeFixes(database, own, { number: 1, deviceNumber: unit.deviceNumber }, fixes.slice(7));
  // The same answer for ten seconds, then with what came.
  expect((await at(-20 * 60_000 + 5000)).grids[0]!.seconds).toBe(360);
  expect((await at(-17 * 60_000)).grids).toEqual([{ gridId: a, seconds: 720, visits: 1 }]);
  await rollUpPresence({ database, now: () => nowMs + 2 * hour });
  const later = await findPresence(database, new RunningPresence(database), own, span, nowMs + 2 * hour);
  expect(later).toMatchObject({ hoursDue: 0, grids: [{ gridId: a, seconds: 720, visits: 1 }] });
});

test('an hour that gets a mark while it is computed is computed again; grids that change are counted anew', async () => {
  const own = await makeStation(database);
  await makeGrid(database, own, { number: '1', lng: west, lat: south, sideDeg: side });
  const unit = await makeUnit(database, own, { number: 1, callSign: '丙' });
  const lat = south + side / 2;
  const walk = (from: number) =>
    [0, 100_000, 200_000].map((later) => ({ at: iso(from + later), lng: west + 0.0075, lat }));
  await makeFixes(database, own, { number: 1, deviceNumber: unit.deviceNumber }, walk(noon));
  const mark = () =>
    database.inScope([own], (transaction) => markHours(transaction, [{ stationId: own, hourMs: noon }]));
  const total = async () => (await read(noon, noon + hour, own)).grids.map(({ seconds }) => seconds);
  await mark();
  let paused = 0;
  await rollUpPresence({
    database,
    pause: async () => {
      // A late track comes right after the hour's result was written or before: either way its mark stands.
      if (paused++ > 0) return;
      await makeFixes(database, own, { number: 1, deviceNumber: unit.deviceNumber }, walk(noon + 1_800_000));
      await mark();
    },
  });
  expect(await total()).toEqual([400]);
  // A second grid takes the eastern half of the first, which is now narrower.
  await database.inScope([own], async (transaction) => {
    await transaction.execute(sql`
      UPDATE grids SET area = ST_Multi(ST_MakeEnvelope(${west}::float8, ${south}::float8, ${west + 0.005}::float8, ${south + side}::float8, 4326)) WHERE station_id = ${own}`);
    await transaction.execute(sql`INSERT INTO revisions (station_id, noun) VALUES (${own}, 'grids')
      ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
    await transaction.execute(sql`UPDATE presence_progress SET counted_from = ${iso(noon)} WHERE station_id = ${own}`);
  });
  await makeGrid(database, own, { number: '2', lng: west + 0.005, lat: south, sideDeg: side });
  await rollUpPresence({ database });
  expect(await total()).toEqual([0, 400]);
});

test('presence goes when the fixes go, and is nobody else’s', async () => {
  const before = secondsOf(await read(noon, noon + hour));
  expect(before.some((seconds) => seconds > 0)).toBe(true);
  const stranger = await makeStation(database);
  await database.inScope([stranger], async (transaction) => {
    expect(await transaction.query(sql`SELECT 1 FROM presence`)).toEqual([]);
  });
  const remove = (cutoff: number) =>
    database.inScope([stationId], (transaction) => removePresence(transaction, stationId, iso(cutoff), 1000));
  expect(await remove(noon)).toBe(0);
  expect(await remove(noon + 1)).toBeGreaterThan(0);
  expect(secondsOf(await read(noon, noon + hour))).toEqual([0, 0, 0, 0, 0, 0]);
});

test('where nobody was ever tracked that is said, so that 0 is not taken for absence', async () => {
  const own = await makeStation(database);
  await makeGrid(database, own, { number: '1', lng: west, lat: south });
  expect(await read(noon, noon + hour, own)).toMatchObject({ countedFrom: null, grids: [{ seconds: 0, visits: 0 }] });
});
