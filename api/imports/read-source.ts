import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { OperatorError } from '../environment.ts';
import { decodeText } from './decode-text.ts';
import { readCsv } from './read-csv.ts';
import { readGeoJson } from './read-geojson.ts';
import type { Source } from './source-row.ts';

/**
 * A CSV or GeoJSON file as rows, told apart by what it holds and not by its name.
 * @throws {OperatorError} when it cannot be read or is neither.
 */
export async function readSource(path: string): Promise<Source> {
  const fileName = basename(path);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(`${path} cannot be read: ${reason[error.code ?? ''] ?? error.message}.`);
  });
  const { text, encoding } = decodeText(bytes, fileName);
  if (text.trim() === '' || text === '\uFEFF') throw new OperatorError(`${fileName} is empty.`);
  const source = /^\uFEFF?\s*[[{]/.test(text) ? readGeoJson(text, fileName) : await readCsv(text, fileName);
  return { ...source, encoding };
}

const reason: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'this user may not read it',
};
