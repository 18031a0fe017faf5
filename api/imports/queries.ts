import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** What is imported from files. */
export type ImportNoun = 'incidents' | 'grids' | 'sentinels' | 'units';

export interface ImportClaim {
  id: string;
  stationId: string;
  noun: ImportNoun;
  fileName: string;
  host: string;
  processId: number;
}

/** An import that is not published: it runs, or a crash left it. */
export interface OpenImport extends ImportClaim {
  /** Seconds since it was last heard of. */
  silentS: number;
}

/** Holds the station's row, so that of two imports starting at once the second sees the first. */
export async function lockStation(transaction: Transaction, stationId: string): Promise<void> {
  await transaction.execute(sql`SELECT 1 FROM stations WHERE id = ${stationId} FOR UPDATE`);
}

/** Which imports of this noun of the station are not published? By imports_unpublished_idx. */
export async function findOpenImports(
  transaction: Transaction,
  stationId: string,
  noun: ImportNoun,
): Promise<OpenImport[]> {
  return transaction.query<OpenImport>(sql`
    SELECT id, station_id AS "stationId", noun, file_name AS "fileName", host, process_id AS "processId",
      extract(epoch FROM clock_timestamp() - touched_at)::float8 AS "silentS"
    FROM imports WHERE station_id = ${stationId} AND noun = ${noun} AND published_at IS NULL`);
}

export async function insertImport(transaction: Transaction, claim: ImportClaim): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO imports (id, station_id, noun, file_name, host, process_id)
    VALUES (${claim.id}, ${claim.stationId}, ${claim.noun}, ${claim.fileName}, ${claim.host}, ${claim.processId})`);
}

/** @returns whether it is still there: a sweep by another import takes it away. */
export async function touchImport(transaction: Transaction, { id, stationId }: ImportClaim): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE imports SET touched_at = clock_timestamp() WHERE id = ${id} AND station_id = ${stationId} AND published_at IS NULL`);
  return touched === 1;
}

/** The switch. @returns false: it was swept meanwhile, nothing of it may be published. */
export async function markPublished(
  transaction: Transaction,
  { id, stationId, processId }: ImportClaim,
): Promise<boolean> {
  const marked = await transaction.execute(sql`
    UPDATE imports SET published_at = now()
    WHERE id = ${id} AND station_id = ${stationId} AND published_at IS NULL AND process_id = ${processId}`);
  return marked === 1;
}

/** Takes an import from its process, so that it cannot publish any more. @returns false: it is published, or gone. */
export async function condemnImport(transaction: Transaction, { id, stationId }: ImportClaim): Promise<boolean> {
  const condemned = await transaction.execute(sql`
    UPDATE imports SET process_id = 0 WHERE id = ${id} AND station_id = ${stationId} AND published_at IS NULL`);
  return condemned === 1;
}

export async function deleteImport(transaction: Transaction, { id, stationId }: ImportClaim): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM imports WHERE id = ${id} AND station_id = ${stationId} AND published_at IS NULL`,
  );
}
