import { timeOf } from './describe-entry.ts';
import type { ChainedEntry } from './queries.ts';

const header = [
  'station',
  'sequence',
  'at',
  'actor',
  'actor_id',
  'action',
  'target_kind',
  'target_id',
  'target_name',
  'outcome',
  'address',
  'detail',
  'hash',
];

/** The first line, behind the mark by which Excel knows UTF-8. */
export const csvHeader = `\ufeff${header.join(',')}\r\n`;

/** One line of RFC 4180. */
export const csvLine = (entry: ChainedEntry): string =>
  `${[
    entry.stationId,
    String(entry.sequence),
    timeOf(entry),
    entry.actorName,
    entry.actorId,
    entry.action,
    entry.targetKind,
    entry.targetId,
    entry.targetName,
    entry.outcome,
    entry.address,
    entry.detail,
    entry.hash.toString('hex'),
  ]
    .map(csvCell)
    .join(',')}\r\n`;

/**
 * What a spreadsheet would take for a formula begins with an apostrophe, because actors and targets have names that people
 * chose (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function csvCell(value: string | null): string {
  const text = value === null ? '' : /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /["',\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
