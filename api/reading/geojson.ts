import type { Context } from 'hono';

/** A row that becomes a feature; its geometry is already GeoJSON text, as the database wrote it. */
export interface FeatureRow {
  id: string;
  geometry: string;
}

/**
 * The text of an RFC 7946 FeatureCollection. The geometry is spliced in as it came, because parsing and writing it again
 * costs more than the query.
 */
export function featureCollection<Row extends FeatureRow>(
  rows: readonly Row[],
  propertiesOf: (row: Row) => Record<string, unknown>,
): string {
  const features = rows.map(
    (row) =>
      `{"type":"Feature","id":${JSON.stringify(row.id)},"properties":${JSON.stringify(propertiesOf(row))},"geometry":${row.geometry}}`,
  );
  return `{"type":"FeatureCollection","features":[${features.join(',\n')}]}`;
}

/** Sends GeoJSON text. */
export const sendGeoJson = (context: Context, text: string, headers: Record<string, string> = {}): Response =>
  context.body(text, 200, { 'Content-Type': 'application/geo+json', ...headers });
