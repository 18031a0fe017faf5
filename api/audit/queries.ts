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

/** Which entries are asked for; undefined: all. Times are ISO 8601. */
export interface AuditFilter {
  from?: string | undefined;
  to?: string | undefined;
  actor?: { id: string } | { namePart: string } | undefined;
  action?: string | undefined;
  outcome?: AuditOutcome | undefined;
}

/** A place in the list, newest first; entries of one moment are ordered by station and sequence. */
export interface AuditCursor {
  atMicros: string;
  stationId: string;
  sequence: number;
}

/**
 * The newest entries of these chains that fit, older than the cursor, newest first? For each chain by
 * audit_entries_time_idx (audit_entries_actor_idx for one account), so that a page costs the same on the last as on the first.
 */
export function findAuditEntries(
  transaction: Transaction,
  chainIds: readonly string[],
  { from, to, actor, action, outcome }: AuditFilter,
  before: AuditCursor | undefined,
  limit: number,
): Promise<ChainedEntry[]> {
  const cursorAt = sql`'epoch'::timestamptz + ${before?.atMicros ?? null}::bigint * interval '1 microsecond'`;
  const conditions = [
    ...(from === undefined ? [] : [sql`AND at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`AND at < ${to}::timestamptz`]),
    ...(actor && 'id' in actor ? [sql`AND actor_id = ${actor.id}`] : []),
    ...(actor && 'namePart' in actor ? [sql`AND position(lower(${actor.namePart}) IN lower(actor_name)) > 0`] : []),
    ...(action === undefined ? [] : [sql`AND (action = ${action} OR starts_with(action, ${`${action}.`}))`]),
    ...(outcome === undefined ? [] : [sql`AND outcome = ${outcome}`]),
    ...(before === undefined
      ? []
      : [
          sql`AND at <= ${cursorAt} AND (at, station_id, sequence) < (${cursorAt}, ${before.stationId}::uuid, ${before.sequence}::bigint)`,
        ]),
  ].reduce((all, condition) => sql`${all} ${condition}`, sql``);
  return transaction.query<ChainedEntry>(sql`
    SELECT entry.* FROM unnest(${chainIds}::uuid[]) AS chain(id)
    CROSS JOIN LATERAL (
      SELECT ${entryColumns} FROM audit_entries WHERE station_id = chain.id ${conditions}
      ORDER BY at DESC, sequence DESC LIMIT ${limit}
    ) AS entry
    ORDER BY entry."atMicros"::bigint DESC, entry."stationId" DESC, entry.sequence DESC LIMIT ${limit}`);
}
