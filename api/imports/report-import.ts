import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ImportOutcome } from './import-request.ts';
import { shorten } from './read-geojson.ts';
import type { Reject, Source } from './source-row.ts';

/** More rejects than this go to a file. */
const maxPrinted = 20;

/** Tells what an import did: counts, notes, and each reject with line, field, what came and what was expected. */
export function reportImport(
  {
    noun,
    path,
    source,
    dataDir,
    tookMs,
  }: { noun: string; path: string; source: Source; dataDir: string; tookMs: number },
  outcome: ImportOutcome,
  say: (line: string) => void,
): void {
  const { added, changed, unchanged, notes } = outcome;
  const rejects = [...outcome.rejects].sort((a, b) => a.line - b.line);
  const rejectedRows = new Set(rejects.map(({ line }) => line)).size;
  const encoding = source.kind === 'csv' ? `, ${source.encoding}` : '';
  say(
    `${basename(path)} (${source.rows.length} ${source.kind === 'csv' ? 'rows' : 'features'}${encoding}): ${added} new, ${changed} changed, ${unchanged} unchanged ${noun}, ${rejectedRows} rejected, in ${(tookMs / 1000).toFixed(1)} s.`,
  );
  for (const note of notes) say(note);
  if (rejects.length === 0) return;
  const place = source.kind === 'csv' ? 'line' : 'feature';
  say('Rejected:');
  for (const { line, field, got, expected } of rejects.slice(0, maxPrinted))
    say(`  ${place} ${line}, ${field}: got ${shorten(got)}; expected ${expected}`);
  if (rejects.length > maxPrinted)
    say(
      `  … and ${rejects.length - maxPrinted} more; all ${rejects.length} are in ${writeRejects(path, dataDir, place, rejects)}`,
    );
}

/** Beside the file, else, where this user may not write, in DATA_DIR/imports. @returns the path. */
function writeRejects(path: string, dataDir: string, place: string, rejects: readonly Reject[]): string {
  // Spreadsheets take the byte order mark as UTF-8, and run what begins with these signs as a formula.
  const quote = (text: string) => `"${text.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`;
  const lines = rejects.map(({ line, field, got, expected }) =>
    [String(line), field, got, expected].map(quote).join(','),
  );
  const text = `\uFEFF${place},field,got,expected\r\n${lines.join('\r\n')}\r\n`;
  const beside = `${path}.rejects.csv`;
  try {
    writeFileSync(beside, text);
    return beside;
  } catch {
    const directory = join(dataDir, 'imports');
    mkdirSync(directory, { recursive: true });
    const inside = join(directory, `${basename(path)}.rejects.csv`);
    writeFileSync(inside, text);
    return inside;
  }
}
