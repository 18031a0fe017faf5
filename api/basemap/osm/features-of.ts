import type { Position } from 'geojson';
import type { OsmType } from '../../../tiles/schema.ts';
import type { LngLat } from '../../positions/contract.ts';
import type { BasemapFeature } from '../feature.ts';
import { joinPieces, nestRings, type RingPiece } from './assemble-rings.ts';
import {
  areaClassesOf,
  boundaryClassOf,
  heightOf,
  isSet,
  namesOf,
  onewayOf,
  placeClassOf,
  roadClassOf,
  waterLineClassOf,
} from './classify.ts';
import type { OsmRelation, OsmWay, Tags } from './decode-block.ts';
import { labelPointOf } from './label-point.ts';

/** A node as a place of the map; nothing when it is none. */
export function* nodeFeatures(osmId: number, lngLat: LngLat, tags: Tags): Generator<BasemapFeature> {
  yield* placeFeatures('node', osmId, tags, lngLat);
}

/**
 * What a way is on the map: a road, a stream, areas and their label; often nothing.
 * @param isDrawn its area has been drawn by the multipolygon that it belongs to.
 */
export function* wayFeatures(way: OsmWay, piece: RingPiece, isDrawn = false): Generator<BasemapFeature> {
  const { id: osmId, tags } = way;
  const isClosed = piece.nodeIds.length >= 4 && piece.nodeIds[0] === piece.nodeIds.at(-1);
  const lngLats = piece.lngLats as Position[];
  const isSquare = isClosed && tags['area'] === 'yes';
  const roadClass = isSquare ? undefined : roadClassOf(tags);
  if (roadClass) {
    yield {
      layer: 'roads',
      osmType: 'way',
      osmId,
      class: roadClass,
      ...namesOf(tags),
      oneway: onewayOf(tags),
      bridge: isSet(tags['bridge']),
      tunnel: isSet(tags['tunnel']),
      geometry: { type: 'LineString', coordinates: lngLats },
    };
  }
  const waterLine = waterLineClassOf(tags);
  if (waterLine && !isClosed) {
    yield {
      layer: 'water',
      osmType: 'way',
      osmId,
      class: waterLine,
      ...namesOf(tags),
      tunnel: isSet(tags['tunnel']),
      geometry: { type: 'LineString', coordinates: lngLats },
    };
  }
  // A way cut off by the edge of the extract closes nothing, even where its remaining ends meet.
  if (isClosed && piece.nodeIds.length === way.nodeIds.length && !isDrawn)
    yield* areaFeatures('way', osmId, tags, nestRings([lngLats]));
}

/** A multipolygon's areas; `drawnWayIds` are the ways that need no area of their own any more. */
export function relationFeatures(
  relation: OsmRelation,
  ways: ReadonlyMap<number, { way: OsmWay; piece: RingPiece }>,
): { features: BasemapFeature[]; drawnWayIds: number[]; openRings: number } {
  const nothing = { features: [], drawnWayIds: [], openRings: 0 };
  if (relation.tags['type'] !== 'multipolygon') return nothing;
  const members = relation.members.flatMap(({ type, id, role }) => {
    const kept = type === 'way' ? ways.get(id) : undefined;
    return kept ? [{ ...kept, role }] : [];
  });
  const outer = relation.members.find(({ type, role }) => type === 'way' && role !== 'inner');
  const outerTags = outer && ways.get(outer.id)?.way.tags;
  const isOldStyle = areaClassesOf(relation.tags).length === 0;
  const tags = isOldStyle ? outerTags : relation.tags;
  if (!tags || areaClassesOf(tags).length === 0) return nothing;
  const pieces = (isInner: boolean) =>
    members.filter(({ role }) => (role === 'inner') === isInner).map(({ piece }) => piece);
  const outers = joinPieces(pieces(false));
  const inners = joinPieces(pieces(true));
  const outerIds = relation.members.filter(({ role }) => role !== 'inner').map(({ id }) => id);
  const polygons = nestRings([...outers.rings, ...inners.rings].map((ring) => ring.lngLats));
  // A hole whose outer ring is cut off must not become an area of its own.
  const holes = outers.open.length > 0 ? nestRings(inners.rings.map((ring) => ring.lngLats)) : [];
  const isHole = ([outer]: Position[][]) => holes.some(([hole]) => JSON.stringify(hole) === JSON.stringify(outer));
  return {
    features: [
      ...areaFeatures(
        'relation',
        relation.id,
        tags,
        polygons.filter((polygon) => !isHole(polygon)),
      ),
    ],
    drawnWayIds: isOldStyle ? outerIds : [],
    openRings: outers.open.length + inners.open.length,
  };
}

/**
 * Boundary lines by way, each at the highest level that runs along it: neighbours share their ways, and a line drawn for
 * each of them would lie there twice. Coasts are drawn by the water.
 */
export function* boundaryFeatures(
  relations: readonly OsmRelation[],
  ways: ReadonlyMap<number, { way: OsmWay; piece: RingPiece }>,
): Generator<BasemapFeature> {
  const levels = new Map<number, { level: number; tags: Tags }>();
  for (const { tags, members } of relations) {
    const level = Number(tags['admin_level']);
    if (!boundaryClassOf(tags)) continue;
    for (const { type, id } of members)
      if (type === 'way' && level < (levels.get(id)?.level ?? Infinity)) levels.set(id, { level, tags });
  }
  for (const [osmId, { tags }] of levels) {
    const kept = ways.get(osmId);
    const boundaryClass = boundaryClassOf(tags);
    if (!kept || !boundaryClass || kept.way.tags['natural'] === 'coastline') continue;
    yield {
      layer: 'boundaries',
      osmType: 'way',
      osmId,
      class: boundaryClass,
      geometry: { type: 'LineString', coordinates: kept.piece.lngLats as Position[] },
    };
  }
}

function* areaFeatures(
  osmType: OsmType,
  osmId: number,
  tags: Tags,
  polygons: Position[][][],
): Generator<BasemapFeature> {
  const [only] = polygons;
  if (!only) return;
  const geometry: BasemapFeature['geometry'] =
    polygons.length === 1 ? { type: 'Polygon', coordinates: only } : { type: 'MultiPolygon', coordinates: polygons };
  for (const { layer, class: areaClass } of areaClassesOf(tags)) {
    yield {
      layer,
      osmType,
      osmId,
      class: areaClass,
      ...namesOf(tags),
      geometry,
      ...(layer === 'buildings' && { heightM: heightOf(tags) }),
      ...(layer === 'water' && { tunnel: isSet(tags['tunnel']) }),
    };
  }
  const label = labelPointOf(polygons);
  if (label) yield* placeFeatures(osmType, osmId, tags, label);
}

function* placeFeatures(osmType: OsmType, osmId: number, tags: Tags, lngLat: LngLat): Generator<BasemapFeature> {
  const placeClass = placeClassOf(tags);
  if (placeClass)
    yield {
      layer: 'places',
      osmType,
      osmId,
      class: placeClass,
      ...namesOf(tags),
      geometry: { type: 'Point', coordinates: lngLat },
    };
}
