import type { Database, Transaction } from '../database/database.ts';
import type { AuditOutcome } from './contract.ts';
import { installationChain } from './contract.ts';
import { insertAuditEntry } from './queries.ts';

/** What happened, who did it to what, and how it ended. */
export interface NewAuditEntry {
  /** Whose chain; null: the installation's own. */
  stationId: string | null;
  /** Null: nobody is known (a failed sign-in, a program). */
  actor: { accountId: string; name: string } | null;
  /** What was done, dotted, noun first: 'session.begin', 'unit.track-read'. */
  action: string;
  target?: { kind: string; id: string; name: string };
  /** No secrets, no coordinates of people. */
  detail?: Record<string, unknown>;
  /** The client's IP address. */
  address?: string;
  outcome: AuditOutcome;
}

export interface Audit {
  /** Resolves when the entry is committed. Throws when it could not be: then the audited action must not happen. */
  write(entry: NewAuditEntry): Promise<void>;
  /**
   * Writes as part of a transaction, so that the entry and what it tells of are both there or neither. Make it the last
   * statement: it holds the end of the station's chain until the transaction ends.
   */
  writeIn(transaction: Transaction, entry: NewAuditEntry): Promise<void>;
}

export function createAudit(database: Database): Audit {
  const writeIn = async (transaction: Transaction, entry: NewAuditEntry): Promise<void> =>
    insertAuditEntry(transaction, {
      stationId: entry.stationId ?? installationChain,
      actorId: entry.actor?.accountId ?? null,
      actorName: plain(entry.actor?.name, 200),
      action: entry.action,
      targetKind: plain(entry.target?.kind, 50),
      targetId: plain(entry.target?.id, 200),
      targetName: plain(entry.target?.name, 200),
      detail: writeDetail(entry.detail ?? {}),
      address: plain(entry.address, 100),
      outcome: entry.outcome,
    });
  return {
    write: (entry) => database.inScope([], (transaction) => writeIn(transaction, entry)),
    writeIn,
  };
}

const maxDetailLength = 8000;

/** PostgreSQL's text holds no NUL and no half of a surrogate pair; an entry must not fail for what a client sent. */
const clean = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();

const plain = (text: string | undefined, maxLength: number): string | null =>
  text === undefined ? null : clean(text.slice(0, maxLength));

/** The JSON text that is stored and hashed. */
function writeDetail(detail: Record<string, unknown>): string {
  const text = JSON.stringify(detail, (_, value: unknown) => (typeof value === 'string' ? clean(value) : value));
  return text.length <= maxDetailLength ? text : JSON.stringify({ cut: text.slice(0, maxDetailLength).toWellFormed() });
}
