import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { Database, Transaction } from '../database/database.ts';
import { OperatorError } from '../operator-error.ts';
import { backupVersion, type BackupHeader } from './format.ts';
import {
  beginReading,
  findHiddenTables,
  findInstallationId,
  findMigrations,
  findPartitions,
  findSequences,
  findTables,
  readRows,
  readRowsAfter,
  type TableShape,
} from './queries.ts';

/** Rows of one short transaction on the embedded engine, whose one session everybody waits for. */
const rowsAtOnce = 2000;

/**
 * Writes everything the database holds to a file that only its owner may read. It appears under its name when it is
 * complete. PostGIS is read as of one moment; so is the embedded engine but for what is large and only ever added to,
 * fixes and the base map, which are read in short transactions, so that a running server goes on.
 * @param onProgress gets the share that is done, 0 to 1
 * @returns how many rows of how many tables were written
 * @throws {OperatorError} when the file is there already, or something would be missing from it
 */
export async function writeBackup(
  database: Database,
  path: string,
  onProgress: (share: number) => void = () => {},
): Promise<{ rows: number; tables: number }> {
  if (existsSync(path)) throw new OperatorError(`${path} is there already: choose another name, or move it away.`);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const file = new BackupFile(partial);
  try {
    const tables = await database.asOwner((transaction) => writeSnapshot(transaction, database, file, onProgress));
    for (const table of tables.left) await writeInParts(database, file, table, onProgress);
    await checkUnchanged(database, tables.parents);
    const rows = await file.end();
    renameSync(partial, path);
    onProgress(1);
    return { rows, tables: tables.count };
  } catch (error) {
    await file.abandon();
    rmSync(partial, { force: true });
    throw error;
  }
}

interface Snapshot {
  count: number;
  /** What is still to be written, in short transactions. */
  left: TableShape[];
  /** What the rows still to be written point to, with the hash of its rows. */
  parents: Map<TableShape, string>;
}

async function writeSnapshot(
  transaction: Transaction,
  database: Database,
  file: BackupFile,
  onProgress: (share: number) => void,
): Promise<Snapshot> {
  await beginReading(transaction);
  const hidden = await findHiddenTables(transaction);
  if (hidden.length > 0)
    throw new OperatorError(
      `The user of DATABASE_URL would not see all rows of ${hidden.join(', ')}: run the backup as the owner that made the tables, or as a superuser.`,
    );
  const tables = await findTables(transaction);
  const left = database.engine === 'embedded' ? tables.filter(isAddedToOnly) : [];
  const header: BackupHeader = {
    format: 'shaodian-backup',
    version: backupVersion,
    madeAt: new Date().toISOString(),
    engine: database.engine,
    installationId: await findInstallationId(transaction),
    migrations: await findMigrations(transaction),
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
    partitions: await findPartitions(transaction),
    sequences: await findSequences(transaction),
  };
  await file.write(JSON.stringify(header));
  file.totalBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const hashes = new Map<string, string>();
  for (const table of tables) {
    if (left.includes(table)) continue;
    file.beginTable(table);
    for await (const lines of readRows(transaction, table)) {
      await file.writeRows(lines);
      onProgress(file.share);
    }
    hashes.set(table.name, file.endTable());
  }
  const parentNames = new Set(left.flatMap(({ parents }) => parents));
  return {
    count: tables.length,
    left,
    parents: new Map(
      tables.filter(({ name }) => parentNames.has(name)).map((table) => [table, hashes.get(table.name) ?? '']),
    ),
  };
}

/** Fixes, and public rows that hang on others: the base map. Large, and never changed once they are seen. */
const isAddedToOnly = (table: TableShape): boolean =>
  table.key.length > 0 && (table.isPartitioned || (!table.hasRowSecurity && table.parents.length > 0));

async function writeInParts(
  database: Database,
  file: BackupFile,
  table: TableShape,
  onProgress: (share: number) => void,
): Promise<void> {
  file.beginTable(table);
  const sources = table.isPartitioned
    ? (await database.asOwner((transaction) => findPartitions(transaction)))
        .filter(({ parent }) => parent === table.name)
        .map(({ name }) => name)
    : [table.name];
  for (const source of sources) {
    let after: string[] | undefined;
    for (;;) {
      const rows = await database
        .asOwner(async (transaction) => {
          await beginReading(transaction);
          return readRowsAfter(transaction, table, source, after, rowsAtOnce);
        })
        .catch((error: unknown) => {
          if (isGone(error)) return [];
          throw error;
        });
      await file.writeRows(rows.map(({ line }) => line));
      onProgress(file.share);
      if (rows.length < rowsAtOnce) break;
      after = rows.at(-1)!.key;
    }
  }
  file.endTable();
}

/** Retention dropped the day meanwhile (42P01 undefined_table): what is written of it may stay. */
const isGone = (error: unknown): boolean => (error as { code?: string }).code === '42P01';

/** A base map that was imported meanwhile would leave rows without what they belong to. */
async function checkUnchanged(database: Database, parents: ReadonlyMap<TableShape, string>): Promise<void> {
  for (const [table, hash] of parents) {
    const now = createHash('sha256');
    await database.asOwner(async (transaction) => {
      await beginReading(transaction);
      for await (const lines of readRows(transaction, table)) for (const line of lines) now.update(`${line}\n`);
    });
    if (now.digest('hex') !== hash)
      throw new OperatorError(`${table.name} changed while it was written (an import?): start the backup again.`);
  }
}

/** Lines into gzip into a file of mode 0600, no faster than the disk takes them. */
class BackupFile {
  readonly #gzip: Gzip = createGzip({ level: 6 });
  readonly #path: string;
  readonly #done: Promise<void>;
  readonly #all: Hash = createHash('sha256');
  #table: { shape: TableShape; rows: number; hash: Hash; bytes: number } | undefined;
  #doneBytes = 0;
  #rows = 0;
  totalBytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#done = pipeline(this.#gzip, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    this.#done.catch(() => {});
  }

  async write(text: string): Promise<void> {
    this.#all.update(`${text}\n`);
    if (!this.#gzip.write(`${text}\n`)) await Promise.race([once(this.#gzip, 'drain'), this.#done]);
  }

  beginTable(shape: TableShape): void {
    this.#table = { shape, rows: 0, hash: createHash('sha256'), bytes: 0 };
    void this.write(JSON.stringify({ table: shape.name }));
  }

  async writeRows(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.join('\n');
    const table = this.#table!;
    table.rows += lines.length;
    table.bytes += text.length;
    table.hash.update(`${text}\n`);
    await this.write(text);
  }

  /** @returns the hash of the table's rows */
  endTable(): string {
    const { shape, rows, hash } = this.#table!;
    const sha256 = hash.digest('hex');
    void this.write(JSON.stringify({ end: shape.name, rows, sha256 }));
    this.#rows += rows;
    this.#doneBytes += shape.bytes;
    this.#table = undefined;
    return sha256;
  }

  /** About: a table's text is about as long as it is on disk. */
  get share(): number {
    const inTable = this.#table ? Math.min(this.#table.bytes, this.#table.shape.bytes) : 0;
    return Math.min(0.99, (this.#doneBytes + inTable) / Math.max(1, this.totalBytes));
  }

  /** @returns rows in all; they are on the disk */
  async end(): Promise<number> {
    const sha256 = this.#all.copy().digest('hex');
    await this.write(JSON.stringify({ complete: true, rows: this.#rows, sha256 }));
    this.#gzip.end();
    await this.#done;
    const descriptor = openSync(this.#path, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
    return this.#rows;
  }

  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await this.#done.catch(() => {});
  }
}
