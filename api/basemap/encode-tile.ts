import { fromGeojsonVt } from '@maplibre/vt-pbf';
import {
  layerNames,
  simplifyToleranceM,
  tileBoundsM,
  tileBuffer,
  tileExtent,
  tileFeatureId,
  tileSchema,
  tileUnitM,
  type LayerName,
  type TileAttribute,
} from '../../tiles/schema.ts';
import { clipLine, clipRing } from './clip.ts';
import type { TileRow } from './queries.ts';
import { simplifyLine } from './simplify.ts';
import { decodeWkb, type FlatGeometry } from './wkb.ts';

type TilePoint = [x: number, y: number];
type TileGeometry = { type: 1; geometry: TilePoint[] } | { type: 2 | 3; geometry: TilePoint[][] };
type TileFeature = TileGeometry & { id: number; tags: Record<string, string | number | boolean> };

const square = { min: -tileBuffer, max: tileExtent + tileBuffer };

/**
 * A tile from rows of the database, for engines without ST_AsMVT: same layers, ids, attributes and order as
 * `encodeTileInDatabase`, geometry within 2 of its 4,096 units. Empty bytes when the tile holds nothing.
 */
export function encodeTile(rows: readonly TileRow[], zoom: number, x: number, y: number): Uint8Array {
  const byLayer = Map.groupBy(rows, (row) => row.layer);
  const layers: Record<string, { features: TileFeature[] }> = {};
  for (const layer of layerNames) {
    const features = (byLayer.get(layer) ?? []).flatMap((row) => tileFeature(row, zoom, x, y) ?? []);
    if (features.length > 0) layers[layer] = { features };
  }
  if (Object.keys(layers).length === 0) return new Uint8Array();
  return fromGeojsonVt(layers as unknown as Parameters<typeof fromGeojsonVt>[0], { version: 2, extent: tileExtent });
}

function tileFeature(row: TileRow, zoom: number, x: number, y: number): TileFeature | undefined {
  const geometry = tileGeometry(decodeWkb(row.wkb), row.layer, zoom, x, y);
  return geometry && { ...geometry, id: tileFeatureId(row.osm_type, row.osm_id), tags: tagsOf(row) };
}

function tagsOf(row: TileRow): TileFeature['tags'] {
  const tags: TileFeature['tags'] = {};
  for (const attribute of tileSchema[row.layer].attributes) {
    const value = valueOf(row, attribute);
    if (value !== null) tags[attribute] = value;
  }
  return tags;
}

/** What stands for nothing is left out: false, both ways, no name. */
function valueOf(row: TileRow, attribute: TileAttribute): string | number | boolean | null {
  switch (attribute) {
    case 'bridge':
    case 'tunnel':
      return row[attribute] || null;
    case 'oneway':
      return row.oneway || null;
    case 'height_m':
      return row.height_m === null ? null : Math.floor(row.height_m + 0.5);
    default:
      return row[attribute];
  }
}

function tileGeometry(
  flat: FlatGeometry,
  layer: LayerName,
  zoom: number,
  x: number,
  y: number,
): TileGeometry | undefined {
  const unitM = tileUnitM(zoom);
  const toleranceM = simplifyToleranceM(layer, zoom);
  const [west, , , north] = tileBoundsM(zoom, x, y);
  const toUnits = (line: Float64Array): Float64Array =>
    line.map((value, index) => (index % 2 === 0 ? (value - west) / unitM : (north - value) / unitM));
  if (flat.kind === 'point') {
    const points = flat.parts.map(toUnits).flatMap((part) => roundPoints(part));
    const inside = points.filter(([px, py]) => Math.min(px, py) >= square.min && Math.max(px, py) <= square.max);
    return inside.length > 0 ? { type: 1, geometry: inside } : undefined;
  }
  if (flat.kind === 'line') {
    const lines = flat.parts.flatMap((part) => clipLine(toUnits(simplifyLine(part, toleranceM)), square));
    const geometry = lines.map(roundPoints).filter((line) => line.length >= 2);
    return geometry.length > 0 ? { type: 2, geometry } : undefined;
  }
  const geometry: TilePoint[][] = [];
  let at = 0;
  for (const ringCount of flat.ringCounts) {
    const polygon: TilePoint[][] = [];
    let left = 0;
    for (const [index, ring] of flat.parts.slice(at, (at += ringCount)).entries()) {
      const points = roundPoints(clipRing(toUnits(simplifyLine(ring, toleranceM)), square));
      const area = points.length >= 4 ? doubleArea(points) : 0;
      // Without its outer ring a polygon has no holes either.
      if (area === 0 && index === 0) break;
      if (area === 0) continue;
      left += index === 0 ? Math.abs(area) : -Math.abs(area);
      polygon.push((index === 0) === area > 0 ? points : points.reverse());
    }
    // A tile that lies in a hole whole is covered by both rings: nothing is left of it.
    if (left > 0) geometry.push(...polygon);
  }
  return geometry.length > 0 ? { type: 3, geometry } : undefined;
}

/** Whole units, repeats left out. */
function roundPoints(flat: ArrayLike<number>): TilePoint[] {
  const points: TilePoint[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [x, y] = [Math.round(flat[i]!), Math.round(flat[i + 1]!)];
    const last = points.at(-1);
    if (!last || last[0] !== x || last[1] !== y) points.push([x, y]);
  }
  return points;
}

/** Twice the area in tile units, positive for an outer ring as vector tiles want it (y runs down). */
function doubleArea(ring: readonly TilePoint[]): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) sum += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1];
  return sum;
}
