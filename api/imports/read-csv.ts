import { parse, type CsvError, type Info } from 'csv-parse';
import { OperatorError } from '../environment.ts';
import type { Reject, Source, SourceRow } from './source-row.ts';

const delimiters = [',', ';', '\t', '|'] as const;

/**
 * Reads a CSV text whose first row names the columns; quotes may hold line ends.
 * @throws {OperatorError} when there is no header, or it names a column twice.
 */
export async function readCsv(text: string, fileName: string): Promise<Omit<Source, 'encoding'>> {
  const rejects: Reject[] = [];
  const delimiter = findDelimiter(text);
  const parser = parse(text, {
    delimiter,
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => void rejects.push(brokenRow(error, raw ?? '')),
  });
  const rows: SourceRow[] = [];
  let columns: string[] | undefined;
  for await (const { record, raw, info } of parser as AsyncIterable<{ record: string[]; raw: string; info: Info }>) {
    const line = info.lines - countLineEnds(raw.trim());
    if (columns === undefined) {
      columns = readHeader(record, fileName);
    } else if (record.some((value) => value.trim() !== '')) {
      if (record.length > columns.length)
        rejects.push({
          line,
          field: 'row',
          got: `${record.length} values`,
          expected: `${columns.length} values separated by ${delimiter === '\t' ? 'tabs' : delimiter}`,
        });
      else rows.push({ line, fields: new Map(columns.map((column, index) => [column, (record[index] ?? '').trim()])) });
    }
  }
  if (columns === undefined) throw new OperatorError(`${fileName} is empty: its first line must name the columns.`);
  return { kind: 'csv', columns, rows, rejects };
}

function readHeader(record: string[], fileName: string): string[] {
  const columns = record.map((name, index) => name.trim() || `column ${index + 1}`);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice) throw new OperatorError(`${fileName} has two columns named ${JSON.stringify(twice)}: rename one of them.`);
  return columns;
}

/** The one that stands most often in the header outside of quotes. */
function findDelimiter(text: string): string {
  const header = /^(?:"[^"]*"|[^\n"])*/.exec(text.replace(/^\uFEFF?\n*/, ''))?.[0].replace(/"[^"]*"/g, '') ?? '';
  const counts = delimiters.map((delimiter) => header.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function brokenRow(error: CsvError | undefined, raw: string): Reject {
  const ends = countLineEnds(raw.trim());
  const endLine = Number(error?.['lines'] ?? 0);
  return {
    line: Math.max(1, endLine - ends),
    field: 'row',
    got: raw.trim(),
    expected:
      error?.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a closing quote' : 'quotes around whole values, "" for a quote inside',
  };
}

const countLineEnds = (text: string): number => text.split('\n').length - 1;
