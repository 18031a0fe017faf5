import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeExtract } from '../../api/basemap/extract.ts';
import type { StreetWay } from '../../api/basemap/feature.ts';
import { importExtract } from '../../api/basemap/import-extract.ts';
import { listShownExtracts } from '../../api/basemap/queries.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import type { LngLat } from '../../api/positions/contract.ts';
import { findTravel } from '../../api/routing/find-travel.ts';
import { createStreetNetworks, type StreetNetworks } from '../../api/routing/street-networks.ts';
import { openTestDatabase } from './harness.ts';

// In the middle of an ocean, where no other test has streets. A degree of longitude there is 111,195 m × cos 8°.
const [lng, lat] = [-30, 8];
const eastM = (metres: number): number => lng + metres / (111_195 * Math.cos((lat * Math.PI) / 180));
const northM = (metres: number): number => lat + metres / 111_195;
const at = (east: number, north: number): LngLat => [eastM(east), northM(north)];

let database: Database;
let networks: StreetNetworks;
const name = 'streets of an island';

beforeAll(() => {
  database = openTestDatabase();
  networks = createStreetNetworks(database);
});
afterAll(async () => {
  const shown = await database.asOwner(listShownExtracts);
  await database.asOwner((transaction) =>
    transaction.execute(
      sql`UPDATE basemap_extracts SET retired_at = now() WHERE name LIKE ${`${name}%`} AND retired_at IS NULL`,
    ),
  );
  for (const extract of shown) if (extract.name.startsWith(name)) await removeExtract(database, extract.id);
  await database.close();
});

/** A square of streets of 1,000 m; the south side is left out where `hasSouth` is false. */
const island = (hasSouth: boolean): StreetWay[] => {
  const corners = { 1: at(0, 0), 2: at(1000, 0), 3: at(1000, 1000), 4: at(0, 1000) } as const;
  const street = (wayId: number, a: 1 | 2 | 3 | 4, b: 1 | 2 | 3 | 4): StreetWay => ({
    wayId: -9_000_000 - wayId,
    nodeIds: [-9_000_000 - a, -9_000_000 - b],
    lngLats: [corners[a], corners[b]],
    class: 'residential',
    oneway: 0,
  });
  return [...(hasSouth ? [street(1, 1, 2)] : []), street(2, 2, 3), street(3, 3, 4), street(4, 4, 1)];
};

async function show(streets: StreetWay[], more = '', observedAt: Date | null = null): Promise<void> {
  await importExtract(
    database,
    {
      name: name + more,
      source: 'osm',
      attribution: '© test',
      sha256: createHash('sha256')
        .update(JSON.stringify([name, more, streets]))
        .digest(),
      observedAt,
    },
    [
      {
        layer: 'roads',
        osmType: 'way',
        osmId: -9_000_000,
        class: 'residential',
        geometry: { type: 'LineString', coordinates: [at(0, 0), at(0, 1000)] },
      },
    ],
    streets,
  );
}

const metresTo = async (place: LngLat, from: LngLat): Promise<[string, number]> => {
  const [travel] = await findTravel(networks, place, [{ kind: 'car', lngLat: from }]);
  return [travel!.by, Math.round(travel!.metres / 10) * 10];
};

test('without streets a way is the straight line, and says so with its speed', async () => {
  const [travel] = await findTravel(networks, at(0, 0), [{ kind: 'car', lngLat: at(1000, 0) }]);
  expect(travel).toMatchObject({ by: 'straightLine', lngLats: [at(1000, 0), at(0, 0)] });
  expect(travel!.seconds).toBeCloseTo(travel!.metres / travel!.speedMps!, 5);
});

test('ways go along the streets of the shown base map, read once, and along the new ones after an import', async () => {
  await show(island(true));
  expect(await metresTo(at(0, 0), at(1000, 0))).toEqual(['street', 1000]);
  await show(island(false));
  expect(await metresTo(at(0, 0), at(1000, 0))).toEqual(['street', 3000]);
  await show(island(true));
  expect(await metresTo(at(0, 0), at(1000, 0))).toEqual(['street', 1000]);
});

test('where two extracts hold the same street it is gone once, as the newer content has it', async () => {
  const long = island(true).map((street) =>
    street.wayId === -9_000_001
      ? { ...street, nodeIds: [-9_000_001, -9_000_099, -9_000_002], lngLats: [at(0, 0), at(500, -400), at(1000, 0)] }
      : street,
  );
  await show(long, ', south', new Date('2025-01-01'));
  const [by, metres] = await metresTo(at(0, 0), at(1000, 0));
  expect(by).toBe('street');
  expect(metres).toBe(1280);
});

test('a drone flies; who is far away is not asked to drive around the island', async () => {
  const [uav, far] = await findTravel(networks, at(0, 0), [
    { kind: 'uav', lngLat: at(1000, 1000) },
    { kind: 'car', lngLat: at(40_000, 0) },
  ]);
  expect(uav).toMatchObject({ by: 'straightLine', speedMps: 12 });
  expect(far?.by).toBe('straightLine');
});
