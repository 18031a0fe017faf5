import { expect, test } from 'vitest';
import { drawIncidents } from '../../../api/stations/demo/draw-incidents.ts';
import { drawTimelines, followIncidents } from '../../../api/stations/demo/follow-incidents.ts';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toPoint } from '../../../api/stations/demo/ground.ts';
import { distanceM } from '../../../api/stations/demo/plane.ts';
import { drawStationRows } from '../../../api/stations/demo/station-rows.ts';

const town = generateTown(1);
const rows = drawStationRows(town, 1);
const endMs = Date.parse('2026-11-22T06:00:00Z');
const incidents = followIncidents(drawIncidents(town, 1, endMs), rows.sentinels, endMs);
const events = drawTimelines(incidents, rows, 1, endMs);

test('what a sentinel point told of names the nearest one, and nothing else does', () => {
  const bySource = Object.groupBy(incidents, ({ source }) => source);
  expect(bySource.sentinel?.every(({ sentinelId }) => sentinelId !== null)).toBe(true);
  expect([...(bySource.citizen ?? []), ...(bySource.patrol ?? [])].some(({ sentinelId }) => sentinelId)).toBe(false);
  const one = bySource.sentinel![0]!;
  const metres = rows.sentinels.map(({ id, lngLat }) => ({
    id,
    metres: distanceM(toPoint(one.lngLat), toPoint(lngLat)),
  }));
  expect(one.sentinelId).toBe(metres.sort((a, b) => a.metres - b.metres)[0]!.id);
});

test('the newest few are open and only recorded; those before were worked on and closed, in order and never in the future', () => {
  const open = incidents.filter(({ state }) => state === 'open');
  expect(open.map(({ number }) => number)).toEqual([19_997, 19_998, 19_999, 20_000]);
  const kindsOf = (number: number) =>
    events.filter(({ incidentNumber }) => incidentNumber === number).map(({ kind }) => kind);
  for (const { number } of open) expect(kindsOf(number)).toEqual(['created']);
  expect(kindsOf(19_990)).toEqual(['created', 'dispatched', 'accepted', 'arrived', 'closed']);
  for (const { incidentNumber, atMs } of events) {
    expect(atMs).toBeLessThanOrEqual(endMs);
    expect(atMs).toBeGreaterThan(incidents[incidentNumber - 1]!.occurredAtMs);
  }
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});
