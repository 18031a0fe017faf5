import type { Geometry } from 'geojson';

/** What a row of a file holds, before anything is believed about it. */
export interface SourceRow {
  /** Line of a CSV file where the row begins, or place of the feature in a GeoJSON file; both count from 1. */
  line: number;
  /** By column; nested values of GeoJSON properties stay as they are. */
  fields: ReadonlyMap<string, unknown>;
  /** GeoJSON only; undefined: the file has no geometries, as CSV. */
  geometry?: Geometry | null;
}

/** Why a row, or what in it, was not taken. */
export interface Reject {
  line: number;
  field: string;
  got: string;
  expected: string;
}

/** A file as rows. */
export interface Source {
  kind: 'csv' | 'geojson';
  encoding: string;
  columns: string[];
  rows: SourceRow[];
  /** Rows that are no rows: unclosed quotes, features that are none. */
  rejects: Reject[];
}
