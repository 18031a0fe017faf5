import type { LngLat } from '../../positions/contract.ts';
import type { StreetWay } from '../feature.ts';
import type { RingPiece } from './assemble-rings.ts';
import { isStreet, onewayOf, roadClassOf } from './classify.ts';
import type { OsmWay, Tags } from './decode-block.ts';

/** Whether a way belongs to the street graph. */
export function isStreetWay(tags: Tags): boolean {
  const roadClass = roadClassOf(tags);
  return roadClass !== undefined && isStreet(roadClass, tags);
}

export const streetWayOf = (way: OsmWay, piece: RingPiece): StreetWay => ({
  wayId: way.id,
  nodeIds: piece.nodeIds,
  lngLats: piece.lngLats as LngLat[],
  class: roadClassOf(way.tags) ?? 'path',
  ...(way.tags['name'] && { name: way.tags['name'] }),
  oneway: onewayOf(way.tags),
});
