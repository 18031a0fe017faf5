import { describe, expect, test } from 'vitest';
import type { Bbox } from '../../../../api/positions/contract.ts';
import { watchedBbox } from '../../../../src/lib/api/follow-screen.ts';

const station: Bbox = [121.4, 31.2, 121.44, 31.23];

describe('what the live connection is told to watch', () => {
  test('is the whole station and what is in sight, so that the lists are live too', () => {
    expect(watchedBbox([121.43, 31.22, 121.45, 31.24], station)).toEqual([121.4, 31.2, 121.45, 31.24]);
  });

  test('is what is in sight alone when a person looks at another city', () => {
    const farAway: Bbox = [116.3, 39.9, 116.4, 39.95];
    expect(watchedBbox(farAway, station)).toEqual(farAway);
  });

  test('is what is in sight alone when the station is a whole city', () => {
    const seen: Bbox = [121.41, 31.21, 121.42, 31.22];
    expect(watchedBbox(seen, [121, 30.8, 122, 31.6])).toEqual(seen);
  });

  test('is the station before the map stands, and nothing when neither is known', () => {
    expect(watchedBbox(undefined, station)).toEqual(station);
    expect(watchedBbox(undefined, undefined)).toBeUndefined();
  });
});
