import type { Database } from '../database/database.ts';
import { findChain, listAuditHeads, type AuditHead } from './queries.ts';
import type { KeptHead } from './read-heads.ts';
import { ChainVerifier, type Finding } from './verify-chain.ts';

export interface VerifiedChain {
  stationId: string;
  entryCount: number;
  /** The chain's end; null: it has none. */
  head: AuditHead | null;
  findings: Finding[];
}

const pageSize = 2000;

/**
 * Verifies every chain there is, and every one of which a head was kept. Reads page by page, beside a server that goes on
 * writing.
 */
export async function* verifyAudit(database: Database, kept: readonly KeptHead[]): AsyncGenerator<VerifiedChain> {
  const heads = await readHeads(database);
  const keptOnly = [...new Set(kept.map(({ stationId }) => stationId))].filter((id) => !heads.has(id));
  for (const stationId of keptOnly) heads.set(stationId, nothing(stationId));
  for (const begin of heads.values())
    yield await verifyOne(
      database,
      begin,
      kept.filter(({ stationId }) => stationId === begin.stationId),
    );
}

async function verifyOne(database: Database, begin: AuditHead, kept: readonly KeptHead[]): Promise<VerifiedChain> {
  const { stationId } = begin;
  const verifier = new ChainVerifier(begin, kept);
  for (;;) {
    const after = verifier.lastSequence;
    const page = await database.inScope([stationId], (transaction) =>
      findChain(transaction, stationId, after, pageSize),
    );
    for (const entry of page) verifier.add(entry);
    if (page.length > 0) continue;
    // Read after the entries, so that it is of the last of them or later, and then there are more to read.
    const end = (await readHeads(database)).get(stationId);
    const isDone =
      !end || (end.sequence ?? 0) <= verifier.lastSequence || (await isEmptyAfter(database, verifier, stationId));
    if (!isDone) continue;
    // Retention ran meanwhile: what it removed is not missing.
    if (end && end.anchorSequence !== begin.anchorSequence && begin.sequence !== null)
      return verifyOne(database, end, kept);
    return { stationId, entryCount: verifier.entryCount, head: end ?? null, findings: verifier.finish(end) };
  }
}

async function isEmptyAfter(database: Database, verifier: ChainVerifier, stationId: string): Promise<boolean> {
  const next = await database.inScope([stationId], (transaction) =>
    findChain(transaction, stationId, verifier.lastSequence, 1),
  );
  return next.length === 0;
}

async function readHeads(database: Database): Promise<Map<string, AuditHead>> {
  const heads = await database.inScope([], listAuditHeads);
  return new Map(heads.map((head) => [head.stationId, head]));
}

const nothing = (stationId: string): AuditHead => ({
  stationId,
  sequence: 0,
  hash: null,
  at: null,
  anchorSequence: 0,
  anchorHash: null,
});
