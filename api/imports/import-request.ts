import type { Database } from '../database/database.ts';
import type { CoordinateSystem } from './convert-coordinates.ts';
import type { DateOrder } from './read-time.ts';
import type { Reject, Source } from './source-row.ts';

/** What an import of a noun works on. */
export interface ImportRequest {
  database: Database;
  stationId: string;
  fileName: string;
  source: Source;
  /** IANA zone of times that name none. */
  timeZone: string;
  crs: CoordinateSystem;
  dateOrder?: DateOrder;
  /** `--map`: the file's column, then our field. */
  columnsTold: [column: string, field: string][];
  /** Directory for what only the operator may read: credentials that were made. */
  secretsDir: string;
  onProgress(done: number, total: number): void;
}

export interface ImportOutcome {
  added: number;
  changed: number;
  unchanged: number;
  rejects: Reject[];
  /** Sentences for the report: what was assumed, what looks wrong although it was taken. */
  notes: string[];
}

export type RunImport = (request: ImportRequest) => Promise<ImportOutcome>;
