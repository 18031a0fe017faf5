import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planReplay } from '../../api/replay/plan-replay.ts';
import { readGpx } from '../../api/replay/read-gpx.ts';

/** In pieces of seven characters, as a slow disk may give them. */
async function* pieces(text: string) {
  for (let start = 0; start < text.length; start += 7) yield text.slice(start, start + 7);
}
const read = (text: string) => readGpx(pieces(text), 'f.gpx');
const point = (time: string, more = '') =>
  `<trkpt lat="43.74" lon="7.42">${time && `<time>${time}</time>`}${more}</trkpt>`;
const gpx = (points: string) => `<?xml version="1.0"?>\n<gpx version="1.0"><trk><trkseg>${points}</trkseg></trk></gpx>`;

test('a walk along a street of Monaco is read with all its segments, speed and course', async () => {
  const path = join(import.meta.dirname, '../fixtures/monaco-walk.gpx');
  const fixes = await readGpx(createReadStream(path, 'utf8') as AsyncIterable<string>, 'monaco-walk.gpx');
  expect(fixes.length).toBeGreaterThan(30);
  expect(fixes[0]).toMatchObject({ atMs: Date.parse('2026-11-20T08:00:00Z'), speedMps: 1.35 });
  expect(fixes.every(({ headingDeg, altitudeM }) => headingDeg !== undefined && altitudeM !== undefined)).toBe(true);
  const steps = fixes.slice(1).map(({ atMs }, index) => atMs - fixes[index]!.atMs);
  expect(new Set(steps)).toEqual(new Set([8000]));
});

test('GPX 1.0 has speed and course in the point; times without Z are UTC; order is that of time', async () => {
  const fixes = await read(
    gpx(
      point('2026-11-20T08:00:05', '<speed>2</speed><course>90</course>') +
        point('2026-11-20T08:00:00Z') +
        point('2026-11-20T08:00:00Z'),
    ),
  );
  expect(fixes.map(({ atMs, speedMps, headingDeg }) => [new Date(atMs).toISOString(), speedMps, headingDeg])).toEqual([
    ['2026-11-20T08:00:00.000Z', undefined, undefined],
    ['2026-11-20T08:00:05.000Z', 2, 90],
  ]);
});

test('a point without a time, without a place, no points, no GPX and no XML each say what is missing', async () => {
  await expect(read(gpx(point('2026-11-20T08:00:00Z') + '\n' + point('')))).rejects.toThrow(
    'f.gpx, line 3: track point 2 has no time',
  );
  await expect(read(gpx(point('yesterday')))).rejects.toThrow(/the time "yesterday"; expected one such as/);
  await expect(read(gpx('<trkpt lon="7.4"><time>2026-11-20T08:00:00Z</time></trkpt>'))).rejects.toThrow(
    /lat undefined; expected numbers/,
  );
  await expect(read('<gpx><rte/></gpx>')).rejects.toThrow(/no track points/);
  await expect(read('<kml></kml>')).rejects.toThrow(/begins with <kml>; expected <gpx>/);
  await expect(read('<gpx><trk>')).rejects.toThrow(/is not XML/);
});

const fix = (atMs: number, headingDeg?: number) => ({
  lng: 7.42,
  lat: 43.74,
  atMs,
  altitudeM: undefined,
  speedMps: -1,
  headingDeg,
});

test('twenty times as fast: recorded spacing is kept, the last fix falls at the end, none is in the future when sent', () => {
  const planned = planReplay([fix(0), fix(60_000), fix(100_000)], { device: 'd', speed: 20, startsAtMs: 1_000_000 });
  expect(planned.map(({ sendAtMs }) => sendAtMs)).toEqual([1_000_000, 1_003_000, 1_005_000]);
  expect(planned.map(({ report }) => Date.parse(report.at))).toEqual([905_000, 965_000, 1_005_000]);
});

test('a speed or course that recorders write for unknown is left away', () => {
  const [first, second] = planReplay([fix(0, -1), fix(1, 360)], { device: 'd', speed: 1, startsAtMs: 0 });
  expect(first!.report).toEqual({ device: 'd', at: '1970-01-01T00:00:00.000Z', lngLat: [7.42, 43.74] });
  expect(second!.report.headingDeg).toBe(0);
});
