import type { Position } from 'geojson';
import { OperatorError } from '../../environment.ts';
import type { Bbox, LngLat } from '../../positions/contract.ts';
import type { BasemapFeature, StreetWay } from '../feature.ts';
import type { RingPiece } from './assemble-rings.ts';
import { placeClassOf } from './classify.ts';
import { closeSea } from './close-sea.ts';
import { decodeBlock, decodeHeader, type OsmRelation, type OsmWay, type Tags } from './decode-block.ts';
import { boundaryFeatures, nodeFeatures, relationFeatures, wayFeatures } from './features-of.ts';
import { NodePlaces } from './node-places.ts';
import { damaged, readBlocks } from './read-blocks.ts';
import { isStreetWay, streetWayOf } from './streets-of.ts';

/** What the file holds that did not become map, by reason. */
export type Skipped = Map<string, number>;

/** An OpenStreetMap file after its first pass: places of nodes and relations are known, ways are read as features are pulled. */
export interface OsmExtract {
  /** Around all nodes; null when there are none. */
  bbox: Bbox | null;
  /** When the file was cut from OpenStreetMap; null when it does not say. */
  observedAt: Date | null;
  /** Reads the ways; pull it once, to its end. */
  features(): AsyncGenerator<BasemapFeature>;
  /** Complete when `features` has ended. */
  streets: StreetWay[];
  skipped: Skipped;
}

const knownFeatures = new Set(['OsmSchema-V0.6', 'DenseNodes']);

/**
 * Opens an .osm.pbf: two passes over the file, so that memory holds node places (16 bytes each), streets and the parts
 * of multipolygons, and nothing else.
 * @param onBytes receives how many bytes of the two passes (twice the file's size) are done.
 * @throws {OperatorError} when the file cannot be read.
 */
export async function readOsmExtract(path: string, onBytes: (done: number) => void = () => {}): Promise<OsmExtract> {
  const places = new NodePlaces();
  const relations: OsmRelation[] = [];
  const named: { id: number; lngLat: LngLat; tags: Tags }[] = [];
  const skipped: Skipped = new Map();
  let observedAt: Date | null = null;
  let bbox: Bbox | null = null;
  let firstPassBytes = 0;

  for await (const block of readBlocks(path)) {
    if (block.type === 'OSMHeader') {
      const header = attempt(() => decodeHeader(block.bytes), path, block.endOffset);
      const unknown = header.requiredFeatures.filter((feature) => !knownFeatures.has(feature));
      if (unknown.length > 0)
        throw new OperatorError(
          `${path} needs ${unknown.join(', ')}, which is not read here: take a plain extract without history.`,
        );
      if (header.replicationTimeS > 0) observedAt = new Date(header.replicationTimeS * 1000);
    } else if (block.type === 'OSMData') {
      attempt(
        () =>
          decodeBlock(block.bytes, {
            node(id, lngE7, latE7, tags) {
              if (Math.abs(lngE7) > 180e7 || Math.abs(latE7) > 90e7) return count(skipped, 'node outside the world');
              places.add(id, lngE7, latE7);
              const [lng, lat] = [lngE7 / 1e7, latE7 / 1e7];
              bbox = bbox
                ? [Math.min(bbox[0], lng), Math.min(bbox[1], lat), Math.max(bbox[2], lng), Math.max(bbox[3], lat)]
                : [lng, lat, lng, lat];
              if (tags && placeClassOf(tags)) named.push({ id, lngLat: [lng, lat], tags });
            },
            relation(relation) {
              if (isMapRelation(relation)) relations.push(relation);
            },
          }),
        path,
        block.endOffset,
      );
    }
    onBytes((firstPassBytes = block.endOffset));
  }

  const streets: StreetWay[] = [];
  const extract = { bbox: bbox as Bbox | null, observedAt: observedAt as Date | null, streets, skipped };
  const members = new Set(
    relations.flatMap((relation) => relation.members.filter(({ type }) => type === 'way').map(({ id }) => id)),
  );

  async function* features(): AsyncGenerator<BasemapFeature> {
    for (const { id, lngLat, tags } of named) yield* nodeFeatures(id, lngLat, tags);
    const kept = new Map<number, { way: OsmWay; piece: RingPiece }>();
    const coastlines: RingPiece[] = [];
    let seaId = Infinity;
    for await (const block of readBlocks(path)) {
      if (block.type !== 'OSMData') continue;
      const ways: OsmWay[] = [];
      attempt(() => decodeBlock(block.bytes, { way: (way) => ways.push(way) }), path, block.endOffset);
      for (const way of ways) {
        const piece = placePiece(way, places);
        if (piece.nodeIds.length < way.nodeIds.length) count(skipped, 'way that lacks some of its nodes');
        if (piece.nodeIds.length < 2) continue;
        if (way.tags['natural'] === 'coastline') {
          coastlines.push(piece);
          seaId = Math.min(seaId, way.id);
        }
        if (isStreetWay(way.tags)) streets.push(streetWayOf(way, piece));
        if (members.has(way.id)) kept.set(way.id, { way, piece });
        else yield* wayFeatures(way, piece);
      }
      onBytes(firstPassBytes + block.endOffset);
    }
    yield* boundaryFeatures(relations, kept);
    const drawnByRelation = new Set<number>();
    for (const relation of relations) {
      const area = relationFeatures(relation, kept);
      for (const wayId of area.drawnWayIds) drawnByRelation.add(wayId);
      if (area.openRings > 0) count(skipped, 'multipolygon with a ring that does not close', area.openRings);
      yield* area.features;
    }
    // Old-style multipolygons carry their tags on the outer way: drawn above with its holes, not again without.
    for (const [id, { way, piece }] of kept) yield* wayFeatures(way, piece, drawnByRelation.has(id));
    if (extract.bbox && coastlines.length > 0) {
      const sea: Position[][][] = closeSea(coastlines, extract.bbox);
      if (sea.length > 0)
        yield {
          layer: 'water',
          osmType: 'way',
          osmId: seaId,
          class: 'sea',
          geometry: { type: 'MultiPolygon', coordinates: sea },
        };
    }
  }
  return { ...extract, features };
}

const isMapRelation = ({ tags }: OsmRelation): boolean =>
  tags['type'] === 'multipolygon' || (tags['type'] === 'boundary' && tags['boundary'] === 'administrative');

function placePiece(way: OsmWay, places: NodePlaces): RingPiece {
  const nodeIds: number[] = [];
  const lngLats: LngLat[] = [];
  for (const id of way.nodeIds) {
    const lngLat = places.find(id);
    if (!lngLat) continue;
    nodeIds.push(id);
    lngLats.push(lngLat);
  }
  return { nodeIds, lngLats };
}

function count(skipped: Skipped, reason: string, by = 1): void {
  skipped.set(reason, (skipped.get(reason) ?? 0) + by);
}

/** A block whose compression is whole can still hold nonsense; pbf then throws or runs off the end. */
function attempt<T>(work: () => T, path: string, offset: number): T {
  try {
    return work();
  } catch {
    throw damaged(path, offset);
  }
}
