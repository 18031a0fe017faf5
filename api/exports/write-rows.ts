import { csvCell } from '../audit/write-csv.ts';

/** What a row tells beside its place. */
export type Cell = string | number | null;

/** A row of an export: its cells in the order of the header, and its geometry as GeoJSON text. */
export interface ExportedRow {
  cells: readonly Cell[];
  geometry: string;
}

/** How rows become a file. */
export interface RowWriter {
  mediaType: string;
  begin(header: readonly string[]): string;
  row(header: readonly string[], row: ExportedRow, isFirst: boolean): string;
  end(): string;
}

/**
 * RFC 4180 behind the mark by which Excel knows UTF-8. Text that a spreadsheet would take for a formula is defused; a
 * number is a number, also a negative one.
 */
const csv: RowWriter = {
  mediaType: 'text/csv; charset=utf-8',
  begin: (header) => `\ufeff${header.map(csvCell).join(',')}\r\n`,
  row: (_, { cells }) =>
    `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : csvCell(cell))).join(',')}\r\n`,
  end: () => '',
};

/** RFC 7946: WGS 84, longitude first. */
const geojson: RowWriter = {
  mediaType: 'application/geo+json',
  begin: () => '{"type":"FeatureCollection","features":[',
  row: (header, { cells, geometry }, isFirst) =>
    `${isFirst ? '' : ','}\n{"type":"Feature","properties":${JSON.stringify(
      Object.fromEntries(header.map((name, i) => [name, cells[i] ?? null])),
    )},"geometry":${geometry}}`,
  end: () => '\n]}\n',
};

export const rowWriters = { csv, geojson } as const;

export const pointText = (lng: number | null, lat: number | null): string =>
  lng === null || lat === null ? 'null' : `{"type":"Point","coordinates":[${lng},${lat}]}`;

/**
 * The file, page by page as fast as the client takes it. A database that goes away meanwhile breaks it off, so that
 * nobody takes it for whole.
 */
export function streamRows(
  writer: RowWriter,
  header: readonly string[],
  pages: AsyncIterator<readonly ExportedRow[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isFirst = true;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(writer.begin(header)));
    },
    async pull(controller) {
      const { value: page, done } = await pages.next();
      if (done) {
        const end = writer.end();
        if (end !== '') controller.enqueue(encoder.encode(end));
        controller.close();
        return;
      }
      let text = '';
      for (const row of page) {
        text += writer.row(header, row, isFirst);
        isFirst = false;
      }
      if (text !== '') controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      await pages.return?.();
    },
  });
}
