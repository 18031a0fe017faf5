import { describe, expect, test } from 'vitest';
import { SentinelClusters } from '../../../../src/lib/layers/sentinel-clusters.ts';
import type { SentinelFeature } from '../../../../src/lib/state/base-data-state.svelte.ts';

const sentinel = (id: string, lng: number, lat: number): SentinelFeature => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: [lng, lat] },
  properties: { stationId: 's', number: id, name: `哨点${id}`, kind: 'shop', address: null, memberCount: 3 },
});
const world: [number, number, number, number] = [-180, -85, 180, 85];

describe('sentinel points on the map', () => {
  const clusters = new SentinelClusters([
    sentinel('a', 121.47, 31.23),
    sentinel('b', 121.471, 31.23),
    sentinel('c', 121.6, 31.3),
    sentinel('c2', 121.6, 31.3),
  ]);

  test('that lie near each other are one symbol with their number from far away', () => {
    const marks = clusters.marksIn(world, 11);
    expect(marks.map((mark) => (mark.kind === 'cluster' ? mark.count : 1)).toSorted()).toEqual([2, 2]);
  });

  test('stand alone when seen from near, with kind and name', () => {
    const marks = clusters.marksIn([121.46, 31.22, 121.48, 31.24], 18.7);
    expect(marks.map((mark) => (mark.kind === 'point' ? [mark.id, mark.name, mark.sentinelKind] : []))).toEqual([
      ['a', '哨点a', 'shop'],
      ['b', '哨点b', 'shop'],
    ]);
  });

  test('a cluster comes apart at the zoom it names', () => {
    const [mark] = clusters.marksIn([121.46, 31.22, 121.48, 31.24], 11);
    if (mark?.kind !== 'cluster') throw new Error('expected a cluster');
    const zoom = clusters.splitZoom(mark.clusterId)!;
    expect(zoom).toBeGreaterThan(11);
    expect(clusters.marksIn([121.46, 31.22, 121.48, 31.24], zoom - 1)).toHaveLength(1);
    expect(clusters.marksIn([121.46, 31.22, 121.48, 31.24], zoom)).toHaveLength(2);
  });

  test('points on one spot cannot be split at any zoom; the cluster knows them all', () => {
    const [mark] = clusters.marksIn([121.59, 31.29, 121.61, 31.31], 20);
    if (mark?.kind !== 'cluster') throw new Error('expected a cluster');
    expect(clusters.splitZoom(mark.clusterId)).toBeUndefined();
    expect(clusters.idsOf(mark.clusterId).toSorted()).toEqual(['c', 'c2']);
  });

  test('out of sight there is none', () => {
    expect(clusters.marksIn([0, 0, 1, 1], 15)).toEqual([]);
  });
});
