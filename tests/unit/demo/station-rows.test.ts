import { expect, test } from 'vitest';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toPoint } from '../../../api/stations/demo/ground.ts';
import { drawUnits } from '../../../api/stations/demo/patrol-units.ts';
import { isInside } from '../../../api/stations/demo/plane.ts';
import { drawRoster } from '../../../api/stations/demo/roster.ts';
import { drawStationRows } from '../../../api/stations/demo/station-rows.ts';

const town = generateTown(1);
const rows = drawStationRows(town, 1);

test('the station has 39 grids with an officer each, 41 sentinel points with 491 members, and 63 units', () => {
  expect(rows.grids).toHaveLength(39);
  expect(new Set(rows.grids.map(({ officerId }) => officerId)).size).toBe(39);
  expect(rows.sentinels).toHaveLength(41);
  expect(rows.members.filter(({ sentinelId }) => sentinelId)).toHaveLength(491);
  expect(rows.units).toHaveLength(63);
});

test('people and points are the same from the same seed', () => {
  expect(drawStationRows(town, 1)).toEqual(rows);
});

test('nobody shares a name, and no phone number could be dialled in China', () => {
  expect(new Set(rows.members.map(({ displayName }) => displayName)).size).toBe(rows.members.length);
  for (const { phone } of rows.members) expect(phone ?? '000-0000-0000').toMatch(/^000-0000-\d{4}$/);
});

test('every sentinel point lies in the area of responsibility and keeps 5 to 20 members and a code of its own', () => {
  for (const { lngLat, members } of rows.sentinels) {
    expect(isInside(town.boundary, toPoint(lngLat))).toBe(true);
    expect(members.length).toBeGreaterThanOrEqual(5);
    expect(members.length).toBeLessThanOrEqual(20);
  }
  expect(new Set(rows.sentinels.map(({ qrCode }) => qrCode)).size).toBe(41);
  expect(new Set(rows.sentinels.map(({ number }) => number)).size).toBe(41);
  expect(new Set(rows.sentinels.map(({ name }) => name)).size).toBe(41);
});

test('units are on foot, in cars, on bikes and one in the air, each with call sign, device and equipment', () => {
  const units = drawUnits();
  const kinds = Object.groupBy(units, ({ kind }) => kind);
  expect(kinds.uav).toHaveLength(1);
  expect([kinds.foot?.length, kinds.car?.length, kinds.bike?.length]).toEqual([30, 16, 16]);
  expect(new Set(units.map(({ callSign }) => callSign)).size).toBe(63);
  expect(units.map(({ device }) => device).slice(0, 2)).toEqual(['demo-01', 'demo-02']);
  for (const unit of units) expect(unit.equipment.length).toBeGreaterThan(1);
});

test('at any moment of the week each unit has a crew, and nobody is on two shifts of a day', () => {
  const pool = {
    officers: rows.members.filter(({ role }) => role === 'officer').map(({ id }) => id),
    patrols: rows.members
      .filter(({ role }) => !['officer', 'grid-worker', 'property-staff'].includes(role))
      .map(({ id }) => id),
  };
  const now = Date.parse('2026-11-22T06:00:00Z');
  const roster = drawRoster(drawUnits(), pool, now);
  for (const at of [now, now + 30 * 3_600_000, now + 6 * 86_400_000])
    expect(roster.filter(({ startsAt, endsAt }) => startsAt.getTime() <= at && at < endsAt.getTime())).toHaveLength(63);
  const days = Map.groupBy(roster, ({ startsAt }) => Math.floor((startsAt.getTime() + 8 * 3_600_000) / 86_400_000));
  for (const crews of days.values()) {
    const seats = crews.flatMap(({ memberIds }) => memberIds);
    expect(new Set(seats).size).toBe(seats.length);
  }
});

test('a roster asked for later gives the same crews for the same shifts', () => {
  const pool = {
    officers: rows.members.slice(0, 105).map(({ id }) => id),
    patrols: rows.members.slice(105).map(({ id }) => id),
  };
  const today = drawRoster(drawUnits(), pool, Date.parse('2026-11-22T06:00:00Z'));
  const tomorrow = new Map(
    drawRoster(drawUnits(), pool, Date.parse('2026-11-23T06:00:00Z')).map((crew) => [crew.id, crew]),
  );
  const shared = today.filter(({ id }) => tomorrow.has(id));
  expect(shared).toHaveLength(63 * 18);
  for (const crew of shared) expect(tomorrow.get(crew.id)).toEqual(crew);
});
