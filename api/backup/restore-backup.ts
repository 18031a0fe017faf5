import type { Database, Transaction } from '../database/database.ts';
import { applyIn, makeLedgerIn, migrate, readMigrations, type Migration } from '../database/migrate.ts';
import { OperatorError } from '../operator-error.ts';
import type { BackupHeader } from './format.ts';
import {
  analyzeTable,
  beginWriting,
  dropEverything,
  findContents,
  findTables,
  insertRows,
  liftGuards,
  makePartition,
  restoreGuards,
  setSequence,
  type TableShape,
} from './queries.ts';
import { readBackup, type BackupPart } from './read-backup.ts';

/** The share of the work that checking the file is; the rest is loading it. */
const checkingShare = 0.2;

/**
 * Puts a backup into a database, in one transaction: afterwards it holds what the backup holds and nothing else, or,
 * whatever happens, what it held before. Nothing else may use the database meanwhile. A backup of an older version is
 * brought up to this one.
 * @param replace also when there is an installation with stations, which is then gone
 * @returns the header of the backup, and how many rows were written
 * @throws {OperatorError} when the file is damaged, made by a newer version, or the database is not empty
 */
export async function restoreBackup(
  database: Database,
  path: string,
  { replace = false, onProgress = () => {} }: { replace?: boolean; onProgress?: (share: number) => void } = {},
): Promise<{ header: BackupHeader; rows: number }> {
  const here = readMigrations();
  const header = await checkFile(path, here, (share) => onProgress(share * checkingShare));
  const used = here.filter(({ name }) => header.migrations.some((migration) => migration.name === name));
  const rows = await database.asOwner(async (transaction) => {
    await beginWriting(transaction);
    await requireRoom(transaction, database, replace);
    await dropEverything(transaction);
    await makeLedgerIn(transaction);
    for (const migration of used) await applyIn(transaction, migration);
    const parts = readBackup(path, (share) => onProgress(checkingShare + share * (0.97 - checkingShare)));
    return load(transaction, header, parts);
  });
  await migrate(database, here);
  const tables = await database.asOwner(findTables);
  for (const { name } of tables) await database.asOwner((transaction) => analyzeTable(transaction, name));
  onProgress(1);
  return { header, rows };
}

/** Reads the whole file before anything is touched. */
async function checkFile(
  path: string,
  here: readonly Migration[],
  onProgress: (share: number) => void,
): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  for await (const part of readBackup(path, onProgress)) {
    if (part.kind !== 'header') continue;
    header = part.header;
    for (const { name, checksum } of header.migrations) {
      const own = here.find((migration) => migration.name === name);
      if (own?.checksum === checksum) continue;
      throw new OperatorError(
        `${path} was made by a ${own ? 'different' : 'newer'} Shaodian (migration ${name} is ${own ? 'another' : 'not'} here): restore it with the version that made it.`,
      );
    }
  }
  return header!;
}

async function requireRoom(transaction: Transaction, database: Database, replace: boolean): Promise<void> {
  const { tables, isInstallation, stations, otherConnections } = await findContents(transaction);
  if (tables > 0 && !isInstallation)
    throw new OperatorError('The database holds tables that are not of Shaodian: restore into a database of its own.');
  if (stations > 0 && !replace)
    throw new OperatorError(
      'This installation has stations already: restore into an empty one (another DATA_DIR or DATABASE_URL), or add --replace to give up what is here.',
    );
  if (database.engine === 'postgis' && otherConnections > 0)
    throw new OperatorError(
      `${otherConnections} other connections of Shaodian use the database: stop the server and its commands first.`,
    );
}

async function load(transaction: Transaction, header: BackupHeader, parts: AsyncIterable<BackupPart>): Promise<number> {
  const tables = matchTables(header, await findTables(transaction));
  for (const partition of header.partitions) {
    if (!tables.get(partition.parent)?.isPartitioned)
      throw new OperatorError(`The backup has a partition of ${partition.parent}, which has none here.`);
    await makePartition(transaction, partition);
  }
  const guards = await liftGuards(transaction, [...tables.values()]);
  let written = 0;
  for await (const part of parts) {
    if (part.kind === 'rows') written += await insertRows(transaction, tables.get(part.table)!, part.lines);
  }
  for (const sequence of header.sequences) await setSequence(transaction, sequence);
  await restoreGuards(transaction, guards);
  return written;
}

/** The tables as they are here, with the columns in the order of the file. */
function matchTables(header: BackupHeader, here: readonly TableShape[]): Map<string, TableShape> {
  const tables = new Map<string, TableShape>();
  for (const { name, columns } of header.tables) {
    const table = here.find((one) => one.name === name);
    const ordered = columns.flatMap((column) => table?.columns.find((one) => one.name === column) ?? []);
    if (!table || ordered.length !== columns.length || ordered.length !== table.columns.length)
      throw new OperatorError(`The backup's table ${name} is not as this version makes it.`);
    tables.set(name, { ...table, columns: ordered });
  }
  const extra = here.filter(({ name }) => !tables.has(name));
  if (extra.length > 0) throw new OperatorError(`The backup has no table ${extra.map(({ name }) => name).join(', ')}.`);
  return tables;
}
