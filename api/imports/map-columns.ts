import { OperatorError } from '../environment.ts';
import type { SourceRow } from './source-row.ts';

/** A field of ours and what files call it. */
export interface FieldName {
  name: string;
  /** Compared without case, spaces, underscores and dashes. */
  aliases: readonly string[];
}

/** Which column of the file holds which of our fields. */
export type ColumnMap = ReadonlyMap<string, string>;

const normalize = (name: string): string => name.toLowerCase().replace(/[\s_\-（）()]/g, '');

/**
 * Reads `--map uid=source_id,when=occurred_at`: the file's column, then our field.
 * @throws {OperatorError} when it is written otherwise.
 */
export function readMapOption(option: string | undefined): [column: string, field: string][] {
  if (option === undefined || option.trim() === '') return [];
  return option.split(/[,，]/).map((pair) => {
    const [column, field, ...rest] = pair.split('=').map((part) => part.trim());
    if (!column || !field || rest.length > 0)
      throw new OperatorError(
        `--map has ${JSON.stringify(pair)}; expected column=field pairs, such as --map uid=source_id,when=occurred_at.`,
      );
    return [column, field];
  });
}

/**
 * Finds the column of each field: as told, else by its own name, else by a common one. A field without a column is
 * missing from the map.
 * @throws {OperatorError} when what was told names no column or no field, or a column twice.
 */
export function mapColumns(
  columns: readonly string[],
  fields: readonly FieldName[],
  told: readonly [column: string, field: string][],
): ColumnMap {
  const map = new Map<string, string>();
  for (const [column, field] of told) {
    if (!fields.some(({ name }) => name === field))
      throw new OperatorError(
        `--map names the field ${JSON.stringify(field)}; fields are ${fields.map(({ name }) => name).join(', ')}.`,
      );
    const there =
      columns.find((name) => name === column) ?? columns.find((name) => normalize(name) === normalize(column));
    if (there === undefined)
      throw new OperatorError(`--map names the column ${JSON.stringify(column)}; ${columnsFound(columns)}`);
    map.set(field, there);
  }
  const taken = new Set(map.values());
  for (const { name, aliases } of fields) {
    if (map.has(name)) continue;
    const column = [name, ...aliases]
      .map((alias) => columns.find((candidate) => !taken.has(candidate) && normalize(candidate) === normalize(alias)))
      .find((found) => found !== undefined);
    if (column !== undefined) {
      map.set(name, column);
      taken.add(column);
    }
  }
  return map;
}

/** @throws {OperatorError} naming the columns that are missing, those found, and how to say which is which. */
export function requireFields(
  columns: readonly string[],
  map: ColumnMap,
  fields: readonly FieldName[],
  required: readonly string[],
): void {
  const missing = required.filter((name) => !map.has(name));
  if (missing.length === 0) return;
  const names = missing.map((name) => {
    const aliases = fields.find((field) => field.name === name)?.aliases.slice(0, 3) ?? [];
    return aliases.length > 0 ? `${name} (or ${aliases.join(', ')})` : name;
  });
  throw new OperatorError(
    `Missing: ${names.join('; ')}. ${columnsFound(columns)} Say which column is which with --map column=${missing[0]}.`,
  );
}

const columnsFound = (columns: readonly string[]): string =>
  columns.length === 0
    ? 'The file has no columns.'
    : `The file has the columns ${columns.map((name) => JSON.stringify(name)).join(', ')}.`;

/** The text of a field in a row; '' when there is no such column or nothing in it. */
export function textOf(row: SourceRow, map: ColumnMap, field: string): string {
  const value = valueOf(row, map, field);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value.trim() : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The value of a field in a row as it came; undefined when there is no such column. */
export function valueOf(row: SourceRow, map: ColumnMap, field: string): unknown {
  const column = map.get(field);
  return column === undefined ? undefined : row.fields.get(column);
}
