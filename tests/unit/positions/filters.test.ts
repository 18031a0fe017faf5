import { expect, test } from 'vitest';
import { checkFix } from '../../../api/positions/check-fix.ts';
import { unitKinds, type UnitKind } from '../../../api/positions/contract.ts';
import { DeviceTrack, judgeNewest } from '../../../api/positions/device-track.ts';
import { fixLimits } from '../../../api/positions/fix-limits.ts';
import { accepted, reasonOf } from '../../../api/positions/outcome-codes.ts';
import { isReachable } from '../../../api/positions/is-reachable.ts';

const nowMs = Date.UTC(2026, 10, 20, 8);
const window = { maxClockSkewMs: 120_000, retentionMs: 86_400_000 };

interface Said {
  atMs?: number;
  lng?: number;
  lat?: number;
  accuracyM?: number;
  speedMps?: number;
  headingDeg?: number;
  altitudeM?: number;
  batteryPct?: number;
}
const row = ({
  atMs = nowMs,
  lng = 120,
  lat = 30,
  accuracyM = NaN,
  speedMps = NaN,
  headingDeg = NaN,
  altitudeM = NaN,
  batteryPct = NaN,
}: Said) => Float64Array.of(atMs, lng, lat, accuracyM, speedMps, headingDeg, altitudeM, batteryPct);

const check = (said: Said) => {
  const code = checkFix(row(said), 0, 'car', nowMs, window);
  return code === accepted ? 'accepted' : reasonOf(code);
};

test.each<[Said, string | undefined]>([
  [{}, 'accepted'],
  [{ atMs: NaN }, 'invalidTime'],
  [{ lng: NaN }, 'invalidCoordinates'],
  [{ lat: Infinity }, 'invalidCoordinates'],
  [{ lng: 180.0001 }, 'invalidCoordinates'],
  [{ lng: -180, lat: -90 }, 'accepted'],
  [{ lat: -90.0001 }, 'invalidCoordinates'],
  [{ lng: 0, lat: 0 }, 'nullIsland'],
  [{ lng: -0.009, lat: 0.009 }, 'nullIsland'],
  [{ lng: 0, lat: 51.5 }, 'accepted'],
  [{ lng: 9, lat: 0 }, 'accepted'],
  [{ atMs: nowMs + 120_000 }, 'accepted'],
  [{ atMs: nowMs + 120_001 }, 'inFuture'],
  [{ atMs: nowMs - 86_400_000 }, 'accepted'],
  [{ atMs: nowMs - 86_400_001 }, 'tooOld'],
  [{ accuracyM: 200 }, 'accepted'],
  [{ accuracyM: 201 }, 'inaccurate'],
  [{ accuracyM: -1 }, 'invalidValue'],
  [{ speedMps: -1 }, 'invalidValue'],
  [{ speedMps: Infinity }, 'invalidValue'],
  [{ headingDeg: 361 }, 'invalidValue'],
  [{ altitudeM: 1e6 }, 'invalidValue'],
  [{ batteryPct: 101 }, 'invalidValue'],
])('%o is %s', (said, outcome) => expect(check(said)).toBe(outcome));

/** Judges fixes one after another, as one device's; seconds from the start and metres east of it. */
function judgeAll(kind: UnitKind, fixes: readonly (Said & { second: number; eastM: number })[]) {
  const track = new DeviceTrack();
  return fixes.map(({ second, eastM, ...said }) => {
    const values = row({ ...said, atMs: nowMs + second * 1000, lng: 120 + eastM / 96_300, lat: 30 });
    const code = judgeNewest(track, values, 0, fixLimits[kind].maxSpeedMps);
    return code === accepted ? 'accepted' : reasonOf(code);
  });
}

test.each(unitKinds)('a %s is believed at its fastest and not at half as much again', (kind) => {
  const { maxSpeedMps } = fixLimits[kind];
  const after100s = (speed: number) =>
    judgeAll(kind, [
      { second: 0, eastM: 0 },
      { second: 100, eastM: speed * 100 },
    ])[1];
  expect(after100s(maxSpeedMps)).toBe('accepted');
  expect(after100s(maxSpeedMps * 1.5)).toBe('impossibleSpeed');
});

test('two fixes of a second apart that each lie 30 m beside a patrol on foot are believed', () => {
  const jitter = [0, 60, 2, 58, 4].map((eastM, second) => ({ second, eastM, accuracyM: 30 }));
  expect(judgeAll('foot', jitter)).toEqual(Array(5).fill('accepted'));
  // The same jump by a receiver that is sure of its place is none.
  const sure = [0, 60].map((eastM, second) => ({ second, eastM, accuracyM: 3 }));
  expect(judgeAll('foot', sure)).toEqual(['accepted', 'impossibleSpeed']);
});

test('distance is taken across the date line and shrinks towards the poles', () => {
  const anchor = { atMs: 0, lng: 179.9999, lat: 0, accuracyM: 5 };
  expect(isReachable(anchor, 10_000, -179.9999, 0, 5, 12)).toBe(true);
  const north = { atMs: 0, lng: 20, lat: 80, accuracyM: 5 };
  expect(isReachable(north, 10_000, 20.007, 80, 5, 12)).toBe(true); // 135 m; 779 m at the equator
  expect(isReachable({ ...north, lat: 0 }, 10_000, 20.007, 0, 5, 12)).toBe(false);
});

test('coordinates that stay the same while the unit says it moves are frozen', () => {
  const moving = (speedMps: number) =>
    judgeAll(
      'car',
      [0, 1, 2, 3].map((second) => ({ second, eastM: 0, speedMps })),
    );
  expect(moving(8)).toEqual(['accepted', 'frozen', 'frozen', 'frozen']);
  expect(moving(2)).toEqual(['accepted', 'accepted', 'accepted', 'frozen']);
});

test('a unit that stands, or has just started, is not frozen', () => {
  const noise = Array.from({ length: 60 }, (_, second) => ({ second, eastM: 0, speedMps: 0.4 }));
  expect(judgeAll('car', noise)).toEqual(Array(60).fill('accepted'));
  const start = [
    { second: 0, eastM: 0, speedMps: 0 },
    { second: 600, eastM: 0, speedMps: 0 },
    { second: 602, eastM: 0, speedMps: 3 },
    { second: 604, eastM: 9, speedMps: 5 },
  ];
  expect(judgeAll('car', start)).toEqual(Array(4).fill('accepted'));
  expect(
    judgeAll(
      'car',
      [0, 1, 2].map((second) => ({ second, eastM: 0 })),
    ),
  ).toEqual(Array(3).fill('accepted'));
});

test('the third of three fixes that agree re-anchors the track; what disagrees begins anew', () => {
  const far = (second: number, eastM: number) => ({ second, eastM });
  expect(judgeAll('car', [far(0, 0), far(1, 50_000), far(2, 50_010), far(3, 50_020), far(4, 50_030)])).toEqual([
    'accepted',
    'impossibleSpeed',
    'impossibleSpeed',
    'accepted',
    'accepted',
  ]);
  expect(judgeAll('car', [far(0, 0), far(1, 50_000), far(2, 90_000), far(3, 50_020), far(4, 90_010)])).toEqual([
    'accepted',
    ...Array(4).fill('impossibleSpeed'),
  ]);
});

test('a right fix between wrong ones takes back what they had gathered', () => {
  const wrong = (second: number) => ({ second, eastM: 50_000 });
  expect(
    judgeAll('car', [{ second: 0, eastM: 0 }, wrong(1), wrong(2), { second: 3, eastM: 9 }, wrong(4), wrong(5)]),
  ).toEqual(['accepted', 'impossibleSpeed', 'impossibleSpeed', 'accepted', 'impossibleSpeed', 'impossibleSpeed']);
});
