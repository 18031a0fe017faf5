import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { AuditOutcome } from './contract.ts';

/** An entry without its place in the chain. `detail` is JSON text, kept as it is. */
export interface AuditRow {
  stationId: string;
  actorId: string | null;
  actorName: string | null;
  action: string;
  targetKind: string | null;
  targetId: string | null;
  targetName: string | null;
  detail: string;
  address: string | null;
  outcome: AuditOutcome;
}

/** Appends to the station's chain; whatever the scope. Holds the chain's end until the transaction ends. */
export async function insertAuditEntry(transaction: Transaction, row: AuditRow): Promise<void> {
  await transaction.execute(sql`
    SELECT write_audit_entry(${row.stationId}::uuid, ${row.actorId}::uuid, ${row.actorName}::text, ${row.action}::text,
      ${row.targetKind}::text, ${row.targetId}::text, ${row.targetName}::text, ${row.detail}::json, ${row.address}::text, ${row.outcome}::text)`);
}

/** An entry as it stands, with all that its hash is made of. */
export interface ChainedEntry extends AuditRow {
  sequence: number;
  /** Microseconds since 1970, as text: beyond what a number holds exactly in 2255. */
  atMicros: string;
  previousHash: Buffer;
  hash: Buffer;
}

const entryColumns = sql`
  station_id AS "stationId", sequence, (extract(epoch FROM at) * 1000000)::bigint::text AS "atMicros", actor_id AS "actorId",
  actor_name AS "actorName", action, target_kind AS "targetKind", target_id AS "targetId", target_name AS "targetName",
  detail::text AS detail, address, outcome, previous_hash AS "previousHash", hash`;

/** The entries of a chain after this sequence, in its order. By the primary key. */
export function findChain(
  transaction: Transaction,
  stationId: string,
  afterSequence: number,
  limit: number,
): Promise<ChainedEntry[]> {
  return transaction.query<ChainedEntry>(sql`
    SELECT ${entryColumns} FROM audit_entries
    WHERE station_id = ${stationId} AND sequence > ${afterSequence} ORDER BY sequence LIMIT ${limit}`);
}

/** Where a chain ends and begins. Nulls: its row is missing while entries are there. */
export interface AuditHead {
  stationId: string;
  sequence: number | null;
  hash: Buffer | null;
  at: Date | null;
  anchorSequence: number | null;
  anchorHash: Buffer | null;
}

/** Every chain there is, the installation's first. Before there is a scope. */
export function listAuditHeads(transaction: Transaction): Promise<AuditHead[]> {
  return transaction.query<AuditHead>(sql`
    SELECT station_id AS "stationId", sequence, hash, at, anchor_sequence AS "anchorSequence", anchor_hash AS "anchorHash"
    FROM list_audit_heads() ORDER BY station_id`);
}
