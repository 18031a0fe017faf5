import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Member } from './contract.ts';

export interface MemberScope {
  /** Stations all of whose members are seen. */
  stationIds: readonly string[];
  /** Those of them where telephone numbers are seen too. */
  phoneStationIds: readonly string[];
  /** Seen with the number wherever it is; null: none. */
  ownMemberId: string | null;
}

/** The members in this scope: all, of one sentinel point, or the one with this id. By members_station_idx, members_sentinel_idx or the primary key. */
export async function findMembers(
  transaction: Transaction,
  { stationIds, phoneStationIds, ownMemberId }: MemberScope,
  { sentinel, id }: { sentinel?: string | undefined; id?: string } = {},
): Promise<Member[]> {
  return transaction.query<Member>(sql`
    SELECT m.id, m.station_id AS "stationId", m.sentinel_id AS "sentinelId", m.display_name AS "displayName", m.role, m.skills,
      CASE WHEN m.station_id = ANY(${phoneStationIds}::uuid[]) OR m.id = ${ownMemberId}::uuid THEN m.phone END AS phone, m.version
    FROM members m
    WHERE (m.station_id = ANY(${stationIds}::uuid[]) OR m.id = ${ownMemberId}::uuid)
      ${sentinel === undefined ? sql`` : sql`AND m.sentinel_id = ${sentinel}`}
      ${id === undefined ? sql`` : sql`AND m.id = ${id}`}
    ORDER BY m.station_id, m.role <> 'officer', m.display_name, m.id`);
}

/** A member as it stands, locked until the transaction ends; null: there is none in these stations. By the primary key. */
export async function lockMember(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<Member | null> {
  const [row] = await transaction.query<Member>(sql`
    SELECT id, station_id AS "stationId", sentinel_id AS "sentinelId", display_name AS "displayName", role, skills, phone, version
    FROM members WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  return row ?? null;
}

/** Is this a sentinel point of the station? By the primary key. */
export async function isSentinelOf(transaction: Transaction, stationId: string, sentinelId: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`SELECT FROM sentinels WHERE id = ${sentinelId} AND station_id = ${stationId}`,
  );
  return rows.length > 0;
}

export async function insertMember(transaction: Transaction, member: Omit<Member, 'version'>): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO members (id, station_id, sentinel_id, display_name, role, skills, phone)
    VALUES (${member.id}, ${member.stationId}, ${member.sentinelId}, ${member.displayName}, ${member.role},
      ${member.skills}::text[], ${member.phone})`);
}

export async function updateMember(transaction: Transaction, member: Omit<Member, 'version'>): Promise<void> {
  await transaction.execute(sql`
    UPDATE members SET sentinel_id = ${member.sentinelId}, display_name = ${member.displayName}, role = ${member.role},
      skills = ${member.skills}::text[], phone = ${member.phone}
    WHERE id = ${member.id} AND station_id = ${member.stationId}`);
}

/** What a member leaves behind: shifts, grids without an officer, an account without a member. By the indexes on the member. */
export async function countMemberUses(transaction: Transaction, id: string): Promise<Record<string, number>> {
  const [row] = await transaction.query<Record<string, number>>(sql`
    SELECT (SELECT count(*) FROM crew_members WHERE member_id = ${id}) AS shifts,
      (SELECT count(*) FROM grids WHERE officer_id = ${id}) AS grids,
      (SELECT count(*) FROM accounts WHERE member_id = ${id}) AS accounts`);
  return row ?? {};
}

export async function deleteMember(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM members WHERE id = ${id} AND station_id = ${stationId}`);
}
