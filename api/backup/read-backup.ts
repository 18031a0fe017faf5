import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { OperatorError } from '../operator-error.ts';
import { backupEnd, backupHeader, tableEnd, tableStart, type BackupHeader } from './format.ts';

export type BackupPart =
  | { kind: 'header'; header: BackupHeader }
  | { kind: 'rows'; table: string; lines: string[] }
  | { kind: 'tableEnd'; table: string; rows: number };

const linesAtOnce = 1000;
const bytesAtOnce = 1_000_000;
/** A row of the largest polygon there is has some megabytes; without a limit a damaged file could fill the memory. */
const maxLineLength = 100_000_000;

/**
 * The parts of a backup in their order, at most some megabytes at a time, every hash and count checked on the way; when
 * it ends without throwing, the file is whole.
 * @param onProgress gets the share of the file that was read, 0 to 1
 * @throws {OperatorError} saying what is wrong with the file, and where
 */
export async function* readBackup(
  path: string,
  onProgress: (share: number) => void = () => {},
): AsyncGenerator<BackupPart> {
  const damaged = (what: string) =>
    new OperatorError(`${path} cannot be restored: ${what}. Nothing was changed; use another backup.`);
  let table: { name: string; rows: number; hash: ReturnType<typeof createHash> } | undefined;
  const all = createHash('sha256');
  const missing = new Set<string>();
  let header: BackupHeader | undefined;
  let isComplete = false;
  let totalRows = 0;
  let lines: string[] = [];
  let bytes = 0;
  const where = () => (table ? ` (in ${table.name} after ${table.rows} rows)` : '');

  for await (const line of readLines(path, onProgress, damaged, where)) {
    if (isComplete) throw damaged('it goes on after its end');
    if (!header) {
      header = readHeader(line, damaged);
      for (const { name } of header.tables) missing.add(name);
      all.update(`${line}\n`);
      yield { kind: 'header', header };
      continue;
    }
    if (line.startsWith('[')) {
      if (!table) throw damaged('there is a row outside of a table');
      all.update(`${line}\n`);
      table.hash.update(`${line}\n`);
      table.rows++;
      lines.push(line);
      bytes += line.length;
      if (lines.length < linesAtOnce && bytes < bytesAtOnce) continue;
      yield { kind: 'rows', table: table.name, lines };
      lines = [];
      bytes = 0;
      continue;
    }
    const mark = parse(line);
    const start = tableStart.safeParse(mark);
    const end = tableEnd.safeParse(mark);
    const last = backupEnd.safeParse(mark);
    if (start.success && !table) {
      if (!missing.delete(start.data.table))
        throw damaged(`${start.data.table} is not in its list of tables, or twice`);
      table = { name: start.data.table, rows: 0, hash: createHash('sha256') };
    } else if (end.success && table?.name === end.data.end) {
      if (end.data.rows !== table.rows)
        throw damaged(`${table.name} has ${table.rows} rows instead of ${end.data.rows}`);
      if (end.data.sha256 !== table.hash.digest('hex')) throw damaged(`rows of ${table.name} were changed`);
      if (lines.length > 0) yield { kind: 'rows', table: table.name, lines };
      lines = [];
      bytes = 0;
      totalRows += table.rows;
      yield { kind: 'tableEnd', table: table.name, rows: table.rows };
      table = undefined;
    } else if (last.success && !table) {
      if (missing.size > 0) throw damaged(`${[...missing].join(', ')} are missing`);
      if (last.data.rows !== totalRows) throw damaged(`it has ${totalRows} rows instead of ${last.data.rows}`);
      if (last.data.sha256 !== all.copy().digest('hex')) throw damaged('its content was changed');
      isComplete = true;
    } else throw damaged(`there is a line that does not belong there${where()}`);
    all.update(`${line}\n`);
  }
  if (!header) throw damaged('it is empty');
  if (!isComplete) throw damaged(`it ends too early${where()}`);
}

function readHeader(line: string, damaged: (what: string) => OperatorError): BackupHeader {
  const header = backupHeader.safeParse(parse(line));
  if (header.success) return header.data;
  const issue = header.error.issues[0];
  const field = issue?.path.join('.');
  if (field === 'version') throw damaged('its format is of another version of Shaodian');
  throw damaged(
    field === 'format' || !field
      ? 'it is not a backup of Shaodian'
      : `its header is wrong (${field}: ${issue?.message})`,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* readLines(
  path: string,
  onProgress: (share: number) => void,
  damaged: (what: string) => OperatorError,
  where: () => string,
): AsyncGenerator<string> {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    throw new OperatorError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const file = createReadStream(path);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of gunzip) {
      const pieces = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = pieces.pop() ?? '';
      if (rest.length > maxLineLength) throw damaged(`a line is too long${where()}`);
      yield* pieces;
      onProgress(file.bytesRead / Math.max(1, size));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw damaged(`it ends too early${where()}`);
    if (code?.startsWith('Z_'))
      throw damaged(where() ? `its bytes are damaged${where()}` : 'it is not a backup, or its bytes are damaged');
    throw error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
  if (rest !== '') throw damaged(`it ends too early${where()}`);
}
