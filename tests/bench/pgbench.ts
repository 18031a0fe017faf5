import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Statement } from '../../api/database/sql.ts';
import { findBinaries } from '../database/postgis-cluster.ts';

/** What a transaction begins with in `Database.inScope`: one message. */
export const beginInScope = (stationIds: readonly string[]): string =>
  String.raw`BEGIN\; SET LOCAL ROLE shaodian_app\; SET LOCAL shaodian.stations = '{${stationIds.join(',')}}';`;

/** The statement as one line of text, which is what pgbench reads. */
const withLiterals = ({ text, values }: Statement): string =>
  text
    .replace(/\$(\d+)/g, (_, number: string) => literalOf(values[Number(number) - 1]))
    .replace(/\s+/g, ' ')
    .trim();

function literalOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = Array.isArray(value)
    ? `{${value.join(',')}}`
    : value instanceof Date
      ? value.toISOString()
      : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Writes a script a statement, each a transaction of three round trips; of a hundred scripts pgbench takes one at random.
 * @returns transactions a second of so many clients in so many seconds
 */
export function preparePgbench(
  url: string,
  directory: string,
  begin: string,
  statements: readonly Statement[],
  clients: number,
): (seconds: number) => Promise<number> {
  const scripts = statements.flatMap((statement, index) => {
    const path = join(directory, `${index}.sql`);
    writeFileSync(path, `${begin}\n${withLiterals(statement)};\nCOMMIT;\n`);
    return ['-f', path];
  });
  return async (seconds) => {
    const { stdout } = await promisify(execFile)(
      join(findBinaries(), 'pgbench'),
      ['-n', '-c', String(clients), '-j', '2', '-T', String(seconds), ...scripts, url],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
    if (!rate) throw new Error(`pgbench did not say its rate:\n${stdout}`);
    return Number(rate);
  };
}

export const middleOf = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
