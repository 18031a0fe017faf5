import { OperatorError } from '../operator-error.ts';
import type { AuditHead } from './queries.ts';

/** Where a chain ended when somebody wrote it down elsewhere. */
export interface KeptHead {
  stationId: string;
  sequence: number;
  hash: Buffer;
  /** When the entry was written, ms since 1970; null: not told. */
  at: number | null;
}

/** A line for keeping: station, sequence, hash, time of the entry; a remark where the chain's head row is gone. */
export const writeHead = ({ stationId, sequence, hash, at }: AuditHead): string =>
  hash === null
    ? `# ${stationId} has entries and no head: verify it`
    : `${stationId} ${sequence} ${hash.toString('hex')} ${at?.toISOString() ?? '-'}`;

const line = /^([0-9a-f-]{36})\s+(\d+)\s+([0-9a-f]{64})(?:\s+(\S+))?$/i;

/**
 * Heads from what was kept: lines of `npm run audit -- head`, or the server's own log lines of event `audit.head`, among
 * any others of that log. Empty lines and those that begin with # are passed over.
 * @throws {OperatorError} when another line is neither, or there is no head at all: a file that says nothing proves nothing.
 */
export function readHeads(text: string, fileName: string): KeptHead[] {
  const heads: KeptHead[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) return;
    // A log line may stand behind what a log collector puts before it.
    const begin = content.indexOf('{');
    const head = begin >= 0 ? readLogLine(content.slice(begin)) : readPlainLine(content);
    if (head) heads.push(head);
    else if (begin < 0)
      throw new OperatorError(
        `${fileName}, line ${index + 1}: expected a line of npm run audit -- head (station, sequence, hash, time) or of the server's log.`,
      );
  });
  if (heads.length === 0) throw new OperatorError(`${fileName} has no audit heads in it.`);
  return heads;
}

function readPlainLine(content: string): KeptHead | undefined {
  const [, stationId, sequence, hash, at] = line.exec(content) ?? [];
  if (!stationId || !sequence || !hash) return undefined;
  return toHead(stationId, Number(sequence), hash, at);
}

function readLogLine(content: string): KeptHead | undefined {
  try {
    const { event, stationId, sequence, hash, at } = JSON.parse(content) as Record<string, unknown>;
    if (event !== 'audit.head' || typeof stationId !== 'string' || typeof hash !== 'string') return undefined;
    return toHead(stationId, Number(sequence), hash, typeof at === 'string' ? at : undefined);
  } catch {
    return undefined;
  }
}

function toHead(stationId: string, sequence: number, hash: string, at: string | undefined): KeptHead {
  const atMs = Date.parse(at ?? '');
  return {
    stationId: stationId.toLowerCase(),
    sequence,
    hash: Buffer.from(hash, 'hex'),
    at: Number.isNaN(atMs) ? null : atMs,
  };
}
