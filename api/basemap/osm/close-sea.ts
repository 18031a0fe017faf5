import type { Position } from 'geojson';
import type { Bbox } from '../../positions/contract.ts';
import { signedRingArea } from '../area.ts';
import { containsPoint, joinPieces, type RingPiece } from './assemble-rings.ts';

/**
 * OpenStreetMap draws no sea, only coastlines with the water on their right: closes them along the edge of the extract.
 * @returns the sea as polygons with islands as holes; empty when there is no coastline.
 */
export function closeSea(coastlines: readonly RingPiece[], bbox: Bbox): Position[][][] {
  const { rings, open } = joinPieces(coastlines, false);
  const islands = rings.filter((ring) => signedRingArea(ring.lngLats) > 0).map((ring) => ring.lngLats.toReversed());
  const lagoons = rings.filter((ring) => signedRingArea(ring.lngLats) < 0).map((ring) => [ring.lngLats.toReversed()]);
  const seas = open.length > 0 ? closeAlongEdge(open, bbox) : islands.length > 0 ? [[edgeRing(bbox)]] : [];
  for (const island of islands) {
    const corner = island[0]!;
    seas.find(([outer]) => outer && containsPoint(outer, corner))?.push(island);
  }
  return [...seas, ...lagoons];
}

const edgeRing = ([west, south, east, north]: Bbox): Position[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

interface Chain {
  lngLats: Position[];
  /** Where it enters and leaves, along the edge, clockwise from the north-west corner: sides are 0–1, 1–2, 2–3, 3–4. */
  startsAt: number;
  endsAt: number;
}

function closeAlongEdge(open: readonly RingPiece[], bbox: Bbox): Position[][][] {
  const chains = open.map(({ lngLats }): Chain => {
    const startsAt = nearestOnEdge(lngLats[0]!, bbox);
    const endsAt = nearestOnEdge(lngLats.at(-1)!, bbox);
    return { startsAt, endsAt, lngLats: [edgePosition(startsAt, bbox), ...lngLats, edgePosition(endsAt, bbox)] };
  });
  const unused = new Set(chains);
  const seas: Position[][][] = [];
  for (const first of chains) {
    if (!unused.has(first)) continue;
    const ring: Position[] = [];
    let chain = first;
    for (;;) {
      unused.delete(chain);
      ring.push(...chain.lngLats);
      // Clockwise along the edge keeps the water on the right, as the coastline has it.
      const next = [first, ...unused].reduce((best, other) =>
        ahead(chain.endsAt, other.startsAt) < ahead(chain.endsAt, best.startsAt) ? other : best,
      );
      for (let corner = Math.ceil(chain.endsAt); corner < chain.endsAt + ahead(chain.endsAt, next.startsAt); corner++)
        ring.push(edgePosition(corner % 4, bbox));
      if (next === first) break;
      chain = next;
    }
    ring.push(ring[0]!);
    seas.push([ring.toReversed()]);
  }
  return seas;
}

/** Distance along the edge, clockwise, from one place on it to another. */
const ahead = (from: number, to: number): number => (to - from + 4) % 4;

function nearestOnEdge([lng = 0, lat = 0]: Position, [west, south, east, north]: Bbox): number {
  const along = (value: number) => Math.min(1, Math.max(0, value));
  const x = along((lng - west) / (east - west));
  const y = along((lat - south) / (north - south));
  const sides = [
    { gap: 1 - y, at: x },
    { gap: 1 - x, at: 1 + (1 - y) },
    { gap: y, at: 2 + (1 - x) },
    { gap: x, at: 3 + y },
  ];
  return sides.reduce((best, side) => (side.gap < best.gap ? side : best)).at % 4;
}

function edgePosition(at: number, [west, south, east, north]: Bbox): Position {
  const part = at % 1;
  switch (Math.floor(at)) {
    case 0:
      return [west + part * (east - west), north];
    case 1:
      return [east, north - part * (north - south)];
    case 2:
      return [east - part * (east - west), south];
    default:
      return [west, south + part * (north - south)];
  }
}
