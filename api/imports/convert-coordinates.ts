import gcoordModule from 'gcoord';
import { OperatorError } from '../environment.ts';
import type { LngLat } from '../positions/contract.ts';

/** What is used of it. Its own types describe an ES module while Node loads CommonJS, so compilers disagree on the default import. */
interface Gcoord {
  transform(lngLat: LngLat, from: string, to: string): LngLat;
  GCJ02: string;
  BD09: string;
  WGS84: string;
}

const gcoord = gcoordModule as unknown as Gcoord;

/** Coordinate systems that files come in; all but the first two are shifted on purpose. */
export const coordinateSystems = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'] as const;
export type CoordinateSystem = (typeof coordinateSystems)[number];

/** @throws {OperatorError} naming the ones there are. */
export function readCoordinateSystem(text = 'wgs84'): CoordinateSystem {
  const found = coordinateSystems.find((name) => name === text.toLowerCase().replace(/[-\s]/g, ''));
  if (!found)
    throw new OperatorError(`--crs is ${JSON.stringify(text)}; it must be one of ${coordinateSystems.join(', ')}.`);
  return found;
}

/** WGS 84 of a place; CGCS2000 differs by less than a metre and is taken as it is. */
export function toWgs84([lng, lat]: LngLat, from: CoordinateSystem): LngLat {
  if (from === 'wgs84' || from === 'cgcs2000') return [lng, lat];
  const [wgsLng, wgsLat] = gcoord.transform([lng, lat], from === 'gcj02' ? gcoord.GCJ02 : gcoord.BD09, gcoord.WGS84);
  // Nine decimals are a tenth of a millimetre: the same file gives the same number on every machine.
  return [Math.round(wgsLng * 1e9) / 1e9, Math.round(wgsLat * 1e9) / 1e9];
}

/** Why this is no place on Earth; undefined when it is one. Null island is what software writes for "unknown". */
export function placeProblem(lng: number, lat: number): string | undefined {
  if (!Number.isFinite(lng) || !Number.isFinite(lat)) return 'numbers of degrees';
  if (Math.abs(lat) > 90 && Math.abs(lng) <= 90) return 'longitude then latitude; these look swapped';
  if (Math.abs(lng) > 180 || Math.abs(lat) > 90) return 'longitude −180 … 180 and latitude −90 … 90 in degrees';
  if (lng === 0 && lat === 0) return 'a place; 0, 0 stands for an unknown one';
  return undefined;
}
