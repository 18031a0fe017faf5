import { expect, test } from 'vitest';
import { incidentCategories } from '../../../api/incidents/contract.ts';
import { drawIncidents } from '../../../api/stations/demo/draw-incidents.ts';
import { generateTown } from '../../../api/stations/demo/generate-town.ts';
import { toPoint } from '../../../api/stations/demo/ground.ts';
import { centroidOf, distanceM, isInside } from '../../../api/stations/demo/plane.ts';

const town = generateTown(1);
const endMs = Date.parse('2026-11-22T06:00:00Z');
const incidents = drawIncidents(town, 1, endMs);
const chinaTime = (ms: number) => new Date(ms + 8 * 3_600_000);
const shareOf = (category: string, isSuch: (at: Date) => boolean) => {
  const all = incidents.filter((incident) => incident.category === category);
  return all.filter(({ occurredAtMs }) => isSuch(chinaTime(occurredAtMs))).length / all.length;
};

test('20,000 incidents of three years, numbered in time order, none in the future', () => {
  expect(incidents).toHaveLength(20_000);
  const misplaced = incidents.filter(
    ({ number, occurredAtMs }, i) => number !== i + 1 || occurredAtMs < (incidents[i - 1]?.occurredAtMs ?? 0),
  );
  expect(misplaced).toEqual([]);
  expect(incidents.at(-1)?.occurredAtMs).toBeLessThanOrEqual(endMs);
  expect(endMs - (incidents[0]?.occurredAtMs ?? 0)).toBeGreaterThan(1090 * 86_400_000);
  expect(endMs - (incidents.at(-1)?.occurredAtMs ?? 0)).toBeLessThan(86_400_000);
});

test('the same seed and end give the same incidents', () => {
  expect(drawIncidents(town, 1, endMs)).toEqual(incidents);
});

test('every category happens, from every source, within the area of responsibility', () => {
  expect(new Set(incidents.map(({ category }) => category))).toEqual(new Set(Object.keys(incidentCategories)));
  expect(new Set(incidents.map(({ source }) => source))).toEqual(new Set(['citizen', 'patrol', 'sentinel']));
  const outside = incidents.filter(({ lngLat }) => !isInside(town.boundary, toPoint(lngLat)));
  // Rounding to a centimetre may carry one over the line.
  expect(outside.length).toBeLessThan(3);
});

test('fights peak at night and on weekends, accidents in the commute, fraud in office hours', () => {
  expect(shareOf('fight', (at) => at.getUTCHours() >= 21 || at.getUTCHours() < 3)).toBeGreaterThan(0.5);
  expect(shareOf('fight', (at) => at.getUTCDay() % 6 === 0)).toBeGreaterThan(0.38);
  expect(shareOf('traffic-accident', (at) => [18, 19, 20, 9, 10, 11].includes(at.getUTCHours()))).toBeGreaterThan(0.38);
  expect(shareOf('traffic-accident', (at) => at.getUTCHours() < 6)).toBeLessThan(0.08);
  expect(shareOf('fraud', (at) => at.getUTCHours() >= 9 && at.getUTCHours() < 18)).toBeGreaterThan(0.55);
});

test('the river is dangerous in summer, fire hazards rise in winter', () => {
  // A quarter if they were spread evenly.
  expect(shareOf('drowning', (at) => [5, 6, 7].includes(at.getUTCMonth()))).toBeGreaterThan(0.35);
  expect(shareOf('fire-hazard', (at) => [10, 11, 0, 1].includes(at.getUTCMonth()))).toBeGreaterThan(0.38);
});

test('fights cluster around the bar street, thefts around market and square', () => {
  const near = (category: string, uses: readonly string[], radiusM: number) => {
    const middles = town.blocks.filter(({ use }) => uses.includes(use)).map(({ ring }) => centroidOf(ring));
    const all = incidents.filter((incident) => incident.category === category);
    return (
      all.filter(({ lngLat }) => middles.some((middle) => distanceM(middle, toPoint(lngLat)) < radiusM)).length /
      all.length
    );
  };
  // The circle is 2 % of the area.
  expect(near('fight', ['bars'], 240)).toBeGreaterThan(0.15);
  expect(near('theft', ['market', 'square', 'railway'], 240)).toBeGreaterThan(0.2);
});
