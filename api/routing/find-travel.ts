import { haversineDistanceM } from '../basemap/mercator.ts';
import type { Bbox, LngLat, UnitKind } from '../positions/contract.ts';
import { findWays } from './find-ways.ts';
import type { StreetNetworks } from './street-networks.ts';
import { straightSpeedMps, streetKinds, walkingMps } from './travel-speeds.ts';

/** How one gets to a place. */
export interface Travel {
  seconds: number;
  metres: number;
  /** `straightLine`: there are no streets to go by, or it flies; the line says nothing of walls and rivers. */
  by: 'street' | 'straightLine';
  /** What was reckoned with along a straight line; null: by street, with the speeds of its classes. */
  speedMps: number | null;
  lngLats: LngLat[];
}

export interface Traveller {
  kind: UnitKind;
  lngLat: LngLat;
}

/** Streets so far around the places are looked at: ways go around. */
const marginM = 1500;
/** Who is farther away comes from another town: its streets are not read for that. */
const maxStreetM = 15_000;
/** So near one walks, whatever one came by. */
const walkM = 40;

/** How each gets to the place, in the order given. Quick where the streets are in memory; the first question reads them. */
export async function findTravel(
  networks: StreetNetworks,
  place: LngLat,
  travellers: readonly Traveller[],
): Promise<Travel[]> {
  const travel = travellers.map((traveller) => straightTo(place, traveller));
  const network = await networks.around(boxAround(place, travellers));
  for (const kind of streetKinds) {
    const ours = travellers.flatMap((traveller, index) =>
      traveller.kind === kind && travel[index]!.metres <= maxStreetM && travel[index]!.metres > walkM ? [index] : [],
    );
    if (ours.length === 0) continue;
    const ways = findWays(
      network,
      kind,
      place,
      ours.map((index) => travellers[index]!.lngLat),
    );
    ours.forEach((index, at) => {
      const way = ways[at];
      if (way) travel[index] = { ...way, by: 'street', speedMps: null };
    });
  }
  return travel;
}

function straightTo(place: LngLat, { kind, lngLat }: Traveller): Travel {
  const metres = haversineDistanceM(lngLat, place);
  const speedMps = metres <= walkM && kind !== 'uav' ? walkingMps : straightSpeedMps[kind];
  return { seconds: metres / speedMps, metres, by: 'straightLine', speedMps, lngLats: [lngLat, place] };
}

function boxAround(place: LngLat, travellers: readonly Traveller[]): Bbox {
  const latMargin = marginM / 111_195;
  const lngMargin = latMargin / Math.max(0.1, Math.cos((place[1] * Math.PI) / 180));
  const bbox: Bbox = [place[0], place[1], place[0], place[1]];
  for (const { lngLat, kind } of travellers) {
    if (kind === 'uav' || haversineDistanceM(lngLat, place) > maxStreetM) continue;
    bbox[0] = Math.min(bbox[0], lngLat[0]);
    bbox[1] = Math.min(bbox[1], lngLat[1]);
    bbox[2] = Math.max(bbox[2], lngLat[0]);
    bbox[3] = Math.max(bbox[3], lngLat[1]);
  }
  return [bbox[0] - lngMargin, bbox[1] - latMargin, bbox[2] + lngMargin, bbox[3] + latMargin];
}
