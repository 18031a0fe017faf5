import type { Geometry } from 'geojson';
import { OperatorError } from '../environment.ts';
import type { Reject, Source, SourceRow } from './source-row.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names of WGS 84 and of CGCS2000 (EPSG:4490), which differs from it by less than a metre. */
const geographic = /(CRS84|EPSG:+(4326|4490))$/i;

/**
 * Reads a FeatureCollection or one Feature. Columns are the names of all properties.
 * @throws {OperatorError} when it is not GeoJSON or not in degrees.
 */
export function readGeoJson(text: string, fileName: string): Omit<Source, 'encoding'> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new OperatorError(`${fileName} is not JSON: ${(error as Error).message}.`);
  }
  if (!isObject(parsed)) throw notGeoJson(fileName, Array.isArray(parsed) ? 'an array' : typeof parsed);
  checkCrs(parsed['crs'], fileName);
  const features = parsed['type'] === 'Feature' ? [parsed] : parsed['features'];
  if ((parsed['type'] !== 'FeatureCollection' && parsed['type'] !== 'Feature') || !Array.isArray(features))
    throw notGeoJson(fileName, `"type": ${JSON.stringify(parsed['type'])}`);
  const rows: SourceRow[] = [];
  const rejects: Reject[] = [];
  const columns = new Set<string>();
  features.forEach((feature: unknown, index) => {
    const line = index + 1;
    if (!isObject(feature) || feature['type'] !== 'Feature') {
      rejects.push({ line, field: 'feature', got: shorten(feature), expected: 'an object with "type": "Feature"' });
      return;
    }
    const properties = isObject(feature['properties']) ? feature['properties'] : {};
    const fields = new Map<string, unknown>();
    for (const [name, value] of Object.entries(properties)) {
      columns.add(name);
      fields.set(name, typeof value === 'string' ? value.trim() : value);
    }
    rows.push({
      line,
      fields,
      geometry: isObject(feature['geometry']) ? (feature['geometry'] as unknown as Geometry) : null,
    });
  });
  return { kind: 'geojson', columns: [...columns], rows, rejects };
}

function checkCrs(crs: unknown, fileName: string): void {
  if (crs === undefined || crs === null) return;
  const name = isObject(crs) && isObject(crs['properties']) ? crs['properties']['name'] : crs;
  if (typeof name === 'string' && geographic.test(name)) return;
  throw new OperatorError(
    `${fileName} says its coordinates are ${shorten(name)}: convert it to WGS 84 degrees (EPSG:4326), for example with ogr2ogr -t_srs EPSG:4326.`,
  );
}

const notGeoJson = (fileName: string, got: string) =>
  new OperatorError(`${fileName} holds ${got}; expected a GeoJSON FeatureCollection or Feature.`);

/** A value as a short text, for reports. */
export const shorten = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
};
