import type { Position } from 'geojson';
import { minZoomOf, rankOf, type LayerName } from '../../tiles/schema.ts';
import type { Database } from '../database/database.ts';
import { areaM2 } from './area.ts';
import { growBbox, type Extract } from './extract.ts';
import type { BasemapFeature } from './feature.ts';
import { toMercator } from './mercator.ts';
import { insertFeatures, touchExtract, type FeatureRow } from './queries.ts';
import { encodeWkb } from './wkb.ts';
import { writeInBatches } from './write-in-batches.ts';

/**
 * Writes features into an extract that is not shown yet, in short transactions.
 * @param onProgress receives how many were handed over so far.
 * @returns how many were stored per layer; a polygon without area and a repeat within the extract are not.
 */
export async function writeFeatures(
  database: Database,
  extract: Extract,
  features: Iterable<BasemapFeature> | AsyncIterable<BasemapFeature>,
  onProgress: (count: number) => void = () => {},
): Promise<Record<LayerName, number>> {
  const stored: Record<LayerName, number> = {
    landuse: 0,
    green: 0,
    water: 0,
    boundaries: 0,
    buildings: 0,
    roads: 0,
    places: 0,
  };
  let handedOver = 0;
  await writeInBatches(
    rowsOf(features, extract),
    async (batch) => {
      const byLayer = Map.groupBy(batch, (row) => row.layer);
      await database.asOwner(async (transaction) => {
        for (const [layer, rows] of byLayer) stored[layer] += await insertFeatures(transaction, extract.id, rows);
        await touchExtract(transaction, extract.id);
      });
      onProgress((handedOver += batch.length));
    },
    { weigh: (row) => row.wkb.length, maxWeight: 500_000 },
  );
  return stored;
}

async function* rowsOf(
  features: Iterable<BasemapFeature> | AsyncIterable<BasemapFeature>,
  extract: Extract,
): AsyncGenerator<FeatureRow> {
  for await (const feature of features) {
    yield {
      layer: feature.layer,
      osmType: feature.osmType,
      osmId: feature.osmId,
      minZoom: minZoomOf(feature.layer, feature.class, areaM2(feature.geometry)),
      rank: rankOf(feature.layer, feature.class),
      oneway: feature.oneway ?? 0,
      bridge: feature.bridge ?? false,
      tunnel: feature.tunnel ?? false,
      heightM: feature.heightM ?? null,
      class: feature.class,
      name: feature.name || null,
      nameEn: differs(feature.nameEn, feature.name),
      nameZh: differs(feature.nameZh, feature.name),
      wkb: encodeWkb(feature.geometry, (lngLat: Position) => {
        growBbox(extract, lngLat);
        return toMercator(lngLat);
      }),
    };
  }
}

const differs = (name: string | undefined, from: string | undefined): string | null =>
  name && name !== from ? name : null;
