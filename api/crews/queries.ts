import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Crew } from './contract.ts';

/** Of which station is this unit? null: there is none in these stations. By the primary key. */
export async function findUnitOfCrews(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<{ id: string; stationId: string; callSign: string } | null> {
  const [row] = await transaction.query<{ id: string; stationId: string; callSign: string }>(sql`
    SELECT id, station_id AS "stationId", call_sign AS "callSign" FROM units
    WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

const columns = sql`c.id, c.unit_id AS "unitId", c.station_id AS "stationId", to_json(c.shift_starts_at) #>> '{}' AS "startsAt",
  to_json(c.shift_ends_at) #>> '{}' AS "endsAt", c.version,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'displayName', m.display_name, 'role', m.role) ORDER BY m.id), '[]')
    FROM crew_members cm JOIN members m ON m.id = cm.member_id WHERE cm.crew_id = c.id) AS members`;

/** Which shifts of this unit touch this time, oldest first? By crews_unit_idx. */
export async function findCrews(
  transaction: Transaction,
  unit: { id: string; stationId: string },
  range: { from: string; to: string },
): Promise<Crew[]> {
  return transaction.query<Crew>(sql`
    SELECT ${columns} FROM crews c
    WHERE c.unit_id = ${unit.id} AND c.station_id = ${unit.stationId}
      AND c.shift_starts_at < ${range.to}::timestamptz AND c.shift_ends_at > ${range.from}::timestamptz
    ORDER BY c.shift_starts_at, c.id`);
}

/** A shift as it stands, locked until the transaction ends; null: there is none in the station. By the primary key. */
export async function lockCrew(
  transaction: Transaction,
  stationId: string,
  id: string,
): Promise<(Crew & { isOver: boolean }) | null> {
  await transaction.query(sql`SELECT FROM crews WHERE id = ${id} AND station_id = ${stationId} FOR UPDATE`);
  const [row] = await transaction.query<Crew & { isOver: boolean }>(sql`
    SELECT ${columns}, c.shift_ends_at <= now() AS "isOver" FROM crews c WHERE c.id = ${id} AND c.station_id = ${stationId}`);
  return row ?? null;
}

/** Locks these members of the station, so that nobody is planned twice at a time. The ids of those there are. By the primary key. */
export async function lockCrewMembers(
  transaction: Transaction,
  stationId: string,
  memberIds: readonly string[],
): Promise<Set<string>> {
  const rows = await transaction.query<{ id: string }>(sql`
    SELECT id FROM members WHERE id = ANY(${memberIds}::uuid[]) AND station_id = ${stationId} ORDER BY id FOR UPDATE`);
  return new Set(rows.map(({ id }) => id));
}

/** Who of these is on another crew in this time, where and until when? By crew_members_member_idx. */
export async function findBusyMembers(
  transaction: Transaction,
  stationId: string,
  memberIds: readonly string[],
  shift: { crewId: string; startsAt: string; endsAt: string },
): Promise<{ memberId: string; displayName: string; callSign: string; startsAt: string; endsAt: string }[]> {
  return transaction.query(sql`
    SELECT m.id AS "memberId", m.display_name AS "displayName", u.call_sign AS "callSign",
      to_json(c.shift_starts_at) #>> '{}' AS "startsAt", to_json(c.shift_ends_at) #>> '{}' AS "endsAt"
    FROM crew_members cm
    JOIN crews c ON c.id = cm.crew_id
    JOIN members m ON m.id = cm.member_id
    JOIN units u ON u.id = c.unit_id
    WHERE cm.member_id = ANY(${memberIds}::uuid[]) AND cm.station_id = ${stationId} AND c.id <> ${shift.crewId}
      AND c.shift_starts_at < ${shift.endsAt}::timestamptz AND c.shift_ends_at > ${shift.startsAt}::timestamptz
    ORDER BY c.shift_starts_at, m.id`);
}

/** The shift becomes exactly this. False: its id is that of a shift of another unit. */
export async function putCrew(
  transaction: Transaction,
  crew: Pick<Crew, 'id' | 'unitId' | 'stationId' | 'startsAt' | 'endsAt'>,
  memberIds: readonly string[],
): Promise<boolean> {
  const touched = await transaction.execute(sql`
    INSERT INTO crews AS c (id, station_id, unit_id, shift_starts_at, shift_ends_at)
    VALUES (${crew.id}, ${crew.stationId}, ${crew.unitId}, ${crew.startsAt}::timestamptz, ${crew.endsAt}::timestamptz)
    ON CONFLICT (id) DO UPDATE SET shift_starts_at = excluded.shift_starts_at, shift_ends_at = excluded.shift_ends_at
    WHERE c.unit_id = excluded.unit_id AND c.station_id = excluded.station_id`);
  if (touched === 0) return false;
  await transaction.execute(sql`
    DELETE FROM crew_members WHERE crew_id = ${crew.id} AND station_id = ${crew.stationId} AND NOT member_id = ANY(${memberIds}::uuid[])`);
  await transaction.execute(sql`
    INSERT INTO crew_members (crew_id, member_id, station_id)
    SELECT ${crew.id}, member_id, ${crew.stationId} FROM unnest(${memberIds}::uuid[]) AS given (member_id)
    ON CONFLICT DO NOTHING`);
  return true;
}

export async function deleteCrew(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM crews WHERE id = ${id} AND station_id = ${stationId}`);
}
