import type { LngLat } from '../positions/contract.ts';
import { placeProblem, toWgs84, type CoordinateSystem } from './convert-coordinates.ts';
import { textOf, type ColumnMap, type FieldName } from './map-columns.ts';
import { shorten } from './read-geojson.ts';
import type { Reject, SourceRow } from './source-row.ts';

/** Columns that hold a place. */
export const placeFields: readonly FieldName[] = [
  { name: 'lng', aliases: ['longitude', 'lon', 'long', 'x', '经度', '坐标x'] },
  { name: 'lat', aliases: ['latitude', 'y', '纬度', '坐标y'] },
];

/** The place of a row in WGS 84, from its Point geometry or its lng and lat columns; or why there is none. */
export function readPlace(row: SourceRow, map: ColumnMap, from: CoordinateSystem): LngLat | Omit<Reject, 'line'> {
  if (row.geometry) {
    if (row.geometry.type !== 'Point') return { field: 'geometry', got: row.geometry.type, expected: 'Point' };
    const [lng, lat] = row.geometry.coordinates as unknown[];
    if (typeof lng !== 'number' || typeof lat !== 'number')
      return { field: 'geometry', got: shorten(row.geometry.coordinates), expected: 'numbers of degrees' };
    return checked(lng, lat, 'geometry', from);
  }
  for (const field of ['lng', 'lat']) {
    const text = textOf(row, map, field);
    if (text === '' || !Number.isFinite(Number(text)))
      return { field, got: text || 'nothing', expected: 'a number of degrees' };
  }
  return checked(Number(textOf(row, map, 'lng')), Number(textOf(row, map, 'lat')), 'lng, lat', from);
}

function checked(lng: number, lat: number, field: string, from: CoordinateSystem): LngLat | Omit<Reject, 'line'> {
  const expected = placeProblem(lng, lat);
  return expected === undefined ? toWgs84([lng, lat], from) : { field, got: `${lng}, ${lat}`, expected };
}
