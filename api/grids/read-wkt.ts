import type { Position } from 'geojson';

/** Polygons of WKT or EWKT (POLYGON, MULTIPOLYGON, also Z); undefined when it is anything else. */
export function readWktPolygons(text: string): Position[][][] | undefined {
  const match = /^(?:SRID=4326;)?\s*(MULTI)?POLYGON\s*(?:Z\s*)?(\(.+\))$/is.exec(text.trim());
  const body = match?.[2];
  if (!body || !/^[-+\d.eE\s,()]+$/.test(body)) return undefined;
  // A position is "lng lat": brackets and commas of WKT are those of JSON once positions are arrays.
  const json = body
    .replace(/[^(),]+/g, (position) =>
      position.trim() === '' ? '' : `[${position.trim().split(/\s+/).map(Number).join(',')}]`,
    )
    .replaceAll('(', '[')
    .replaceAll(')', ']');
  try {
    const parsed = JSON.parse(json) as unknown;
    const polygons = match[1] ? parsed : [parsed];
    const isPolygons =
      Array.isArray(polygons) &&
      polygons.every(
        (rings) =>
          Array.isArray(rings) &&
          rings.every(
            (ring) => Array.isArray(ring) && ring.every((position) => Array.isArray(position) && position.length >= 2),
          ),
      );
    return isPolygons ? (polygons as Position[][][]) : undefined;
  } catch {
    return undefined;
  }
}
