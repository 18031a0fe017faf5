import { createHash } from 'node:crypto';
import type { ChainedEntry } from './queries.ts';

/** What the first entry of a chain has for the hash of the one before. */
export const noHash = Buffer.alloc(32);

/**
 * SHA-256 of an entry's canonical form, computed apart from the database's `hash_audit_entry` (migration 0050), which
 * describes the form: netstrings (https://cr.yp.to/proto/netstrings.txt) in a fixed order, `~,` for null.
 */
export function hashEntry(entry: Omit<ChainedEntry, 'hash'>): Buffer {
  const hash = createHash('sha256');
  for (const field of [
    'shaodian-audit-1',
    entry.previousHash.toString('hex'),
    entry.stationId,
    String(entry.sequence),
    entry.atMicros,
    entry.actorId,
    entry.actorName,
    entry.action,
    entry.targetKind,
    entry.targetId,
    entry.targetName,
    entry.detail,
    entry.address,
    entry.outcome,
  ])
    hash.update(field === null ? '~,' : `${Buffer.byteLength(field)}:${field},`);
  return hash.digest();
}
