import { createHash } from 'node:crypto';
import type { BasemapFeature, ExtractDescription, StreetWay } from '../../basemap/feature.ts';
import { cornersOf } from './building-site.ts';
import { innerPoint } from './divide-town.ts';
import { toLngLat, toPoint, type LngLat } from './ground.ts';
import type { Point, Ring } from './plane.ts';
import type { BlockUse, Town, TownBlock } from './town.ts';

const blockLayers: Record<BlockUse, [layer: 'landuse' | 'green', featureClass: string]> = {
  compound: ['landuse', 'residential'],
  lanes: ['landuse', 'residential'],
  cottages: ['landuse', 'residential'],
  hamlet: ['green', 'farmland'],
  shops: ['landuse', 'commercial'],
  offices: ['landuse', 'commercial'],
  bars: ['landuse', 'retail'],
  market: ['landuse', 'retail'],
  works: ['landuse', 'industrial'],
  school: ['landuse', 'school'],
  hospital: ['landuse', 'hospital'],
  police: ['landuse', 'public'],
  bus: ['landuse', 'transport'],
  railway: ['landuse', 'transport'],
  square: ['landuse', 'square'],
  park: ['green', 'park'],
  plot: ['green', 'grass'],
  field: ['green', 'farmland'],
  wood: ['green', 'wood'],
};

const placeClasses: Partial<Record<BlockUse, string>> = {
  compound: 'compound',
  hamlet: 'village',
  police: 'police',
  hospital: 'hospital',
  school: 'school',
  market: 'market',
  park: 'park',
  railway: 'transport',
  bus: 'transport',
  square: 'sight',
  bars: 'sight',
};

/** Labels of the town and its quarters, in metres from its middle. */
const districts: [name: string, nameEn: string, featureClass: string, at: Point][] = [
  ['柳湾', 'Liuwan', 'town', [150, 240]],
  ['柳湾老城', 'Liuwan Old Town', 'suburb', [400, -150]],
  ['江南片区', 'Jiangnan', 'suburb', [-500, -1060]],
  ['槐荫片区', 'Huaiyin', 'suburb', [-1330, -330]],
  ['站前片区', 'Zhanqian', 'suburb', [250, 820]],
  ['北苑片区', 'Beiyuan', 'suburb', [-1000, 1000]],
  ['海棠片区', 'Haitang', 'suburb', [1420, -560]],
  ['棠北片区', 'Tangbei', 'suburb', [1430, 900]],
];

/** The town as base map features with ids of their own, all negative. */
export function* basemapFeatures(town: Town): Generator<BasemapFeature> {
  let id = 0;
  const next = () => ({ osmType: 'way' as const, osmId: --id });
  for (const block of town.blocks) {
    const [layer, featureClass] = blockLayers[block.use];
    yield { layer, ...next(), class: featureClass, ...block.name, geometry: polygon(block.ring) };
  }
  for (const patch of town.patches)
    yield { layer: patch.layer, ...next(), class: patch.class, ...patch.name, geometry: polygon(patch.ring) };
  yield { layer: 'water', ...next(), class: 'river', ...town.riverName, geometry: polygon(town.river) };
  yield { layer: 'water', ...next(), class: 'river', ...town.riverName, geometry: line(town.riverMiddle) };
  for (const [index, street] of town.streets.entries())
    yield {
      layer: 'roads',
      osmType: 'way',
      osmId: wayId(index),
      class: street.class,
      ...street.name,
      bridge: street.bridge,
      geometry: line(street.points),
    };
  for (const building of town.buildings)
    yield {
      layer: 'buildings',
      ...next(),
      class: building.class,
      heightM: building.heightM,
      geometry: polygon(cornersOf(building)),
    };
  yield* places(town);
}

/** Streets for routing; railways are none. */
export function streetWays(town: Town): StreetWay[] {
  const nodeIds = new Map<string, number>();
  const nodeId = (lngLat: LngLat): number => {
    const key = lngLat.join();
    const known = nodeIds.get(key) ?? -(nodeIds.size + 1);
    nodeIds.set(key, known);
    return known;
  };
  return town.streets.flatMap((street, index) => {
    if (street.class === 'rail') return [];
    const lngLats = street.points.map(toLngLat);
    return [
      {
        wayId: wayId(index),
        nodeIds: lngLats.map(nodeId),
        lngLats,
        class: street.class,
        name: street.name?.name,
        oneway: 0 as const,
      },
    ];
  });
}

/** The town's extract of the base map: a change of the generator changes its hash, and the town is written again. */
export function describeExtract(features: readonly BasemapFeature[], ways: readonly StreetWay[]): ExtractDescription {
  const hash = createHash('sha256');
  for (const feature of features) hash.update(JSON.stringify(feature));
  for (const way of ways) hash.update(JSON.stringify(way));
  return {
    name: 'demo-liuwan',
    source: 'demo',
    attribution: '柳湾 · 虚构的演示城镇 Liuwan, an invented demo town',
    sha256: hash.digest(),
    observedAt: null,
  };
}

const wayId = (streetIndex: number): number => -1_000_000 - streetIndex;

function* places(town: Town): Generator<BasemapFeature> {
  let id = 0;
  const place = (featureClass: string, name: string, nameEn: string, at: Point): BasemapFeature => ({
    layer: 'places',
    osmType: 'node',
    osmId: --id,
    class: featureClass,
    name,
    nameEn,
    geometry: { type: 'Point', coordinates: toLngLat(at) },
  });
  for (const [name, nameEn, featureClass, at] of districts) yield place(featureClass, name, nameEn, at);
  for (const share of [0.3, 0.5, 0.7]) {
    const at = town.riverMiddle[Math.floor(town.riverMiddle.length * share)] as Point;
    yield place('water', town.riverName.name, town.riverName.nameEn, at);
  }
  for (const block of town.blocks) {
    const featureClass = placeClasses[block.use];
    if (featureClass && block.name) yield place(featureClass, block.name.name, block.name.nameEn, labelPoint(block));
    else if (block.use === 'works' && block.name)
      yield place('sight', block.name.name, block.name.nameEn, labelPoint(block));
  }
}

/** Rounded like every corner, so that a label is the same number on every machine. */
const labelPoint = (block: TownBlock): Point => toPoint(toLngLat(innerPoint(block.ring)));

const line = (points: readonly Point[]) => ({ type: 'LineString' as const, coordinates: points.map(toLngLat) });

const polygon = (ring: Ring) => {
  const coordinates = ring.map(toLngLat);
  return { type: 'Polygon' as const, coordinates: [[...coordinates, coordinates[0] as LngLat]] };
};
