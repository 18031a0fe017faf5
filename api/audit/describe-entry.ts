import type { AuditEntry } from './contract.ts';
import type { AuditCursor, ChainedEntry } from './queries.ts';

/** An entry as an auditor reads it. */
export function describeEntry(entry: ChainedEntry): AuditEntry {
  return {
    stationId: entry.stationId,
    sequence: entry.sequence,
    at: timeOf(entry),
    actor: entry.actorName === null ? null : { accountId: entry.actorId, name: entry.actorName },
    action: entry.action,
    target:
      entry.targetKind === null
        ? null
        : { kind: entry.targetKind, id: entry.targetId ?? '', name: entry.targetName ?? '' },
    detail: JSON.parse(entry.detail) as Record<string, unknown>,
    address: entry.address,
    outcome: entry.outcome,
    hash: entry.hash.toString('hex'),
  };
}

export const timeOf = ({ atMicros }: Pick<ChainedEntry, 'atMicros'>): string =>
  new Date(Number(BigInt(atMicros) / 1000n)).toISOString();

export const writeCursor = ({ atMicros, stationId, sequence }: ChainedEntry): string =>
  `${atMicros}.${stationId}.${sequence}`;

/** @param text as the contract has checked it */
export function readCursor(text: string): AuditCursor {
  const [atMicros = '', stationId = '', sequence = ''] = text.split('.');
  return { atMicros, stationId, sequence: Number(sequence) };
}
