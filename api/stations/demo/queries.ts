import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { DemoEvent, FollowedIncident } from './follow-incidents.ts';
import type { GeofenceRow } from './draw-geofences.ts';
import type { LngLat } from './ground.ts';
import { demoCityId, demoDistrictId, demoId, demoScope, demoStationId } from './ids.ts';
import type { DemoUnit } from './patrol-units.ts';
import type { RosterCrew } from './roster.ts';
import type { GridRow, MemberRow, StationRows } from './station-rows.ts';

const polygonText = (ring: readonly LngLat[]): string => JSON.stringify({ type: 'Polygon', coordinates: [ring] });

/** When was the demo begun, and is it complete? Undefined: not begun. By the primary keys. */
export async function findDemo(transaction: Transaction): Promise<{ begunAt: Date; isComplete: boolean } | undefined> {
  const [row] = await transaction.query<{ begunAt: Date; isComplete: boolean }>(sql`
    SELECT s.created_at AS "begunAt", EXISTS (SELECT 1 FROM revisions r WHERE r.station_id = s.id AND r.noun = 'demo') AS "isComplete"
    FROM stations s WHERE s.id = ${demoStationId} AND s.id = ANY(${demoScope}::uuid[])`);
  return row;
}

/** The tree 市局 › 分局 › 派出所; `begunAt` is what incidents are counted back from, also when the seeding is taken up later. */
export async function insertStations(transaction: Transaction, begunAt: Date): Promise<void> {
  const tree = [
    [demoCityId, null, 'city', '云汐市公安局'],
    [demoDistrictId, demoCityId, 'district', '柳湾分局'],
    [demoStationId, demoDistrictId, 'station', '柳湾派出所'],
  ] as const;
  for (const [id, parentId, kind, name] of tree)
    await transaction.execute(sql`
      INSERT INTO stations (id, parent_id, kind, name, time_zone, is_demo, created_at)
      VALUES (${id}, ${parentId}, ${kind}, ${name}, 'Asia/Shanghai', true, ${begunAt}) ON CONFLICT (id) DO NOTHING`);
}

export function insertMembers(transaction: Transaction, rows: readonly MemberRow[]): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO members (id, station_id, sentinel_id, display_name, role, skills, phone)
    SELECT id, ${demoStationId}, sentinel_id, display_name, role, ARRAY(SELECT jsonb_array_elements_text(skills)), phone
    FROM jsonb_to_recordset(${JSON.stringify(
      rows.map((row) => ({
        id: row.id,
        sentinel_id: row.sentinelId,
        display_name: row.displayName,
        role: row.role,
        skills: row.skills,
        phone: row.phone,
      })),
    )}::jsonb) AS m (id uuid, sentinel_id uuid, display_name text, role text, skills jsonb, phone text)
    ON CONFLICT (id) DO NOTHING`);
}

export function insertGrids(transaction: Transaction, rows: readonly GridRow[]): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO grids (id, station_id, number, name, officer_id, area)
    SELECT id, ${demoStationId}, number, name, officer_id, ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(area), 4326))
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ number }) => number)}::text[], ${rows.map(({ name }) => name)}::text[],
      ${rows.map(({ officerId }) => officerId)}::uuid[], ${rows.map(({ ring }) => polygonText(ring))}::text[]) AS g (id, number, name, officer_id, area)
    ON CONFLICT (id) DO NOTHING`);
}

export function insertSentinels(transaction: Transaction, rows: StationRows['sentinels']): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO sentinels (id, station_id, number, name, kind, address, point, qr_code)
    SELECT id, ${demoStationId}, number, name, kind, address, ST_SetSRID(ST_MakePoint(lng, lat), 4326), qr_code
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ number }) => number)}::text[], ${rows.map(({ name }) => name)}::text[],
      ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ address }) => address)}::text[], ${rows.map(({ lngLat }) => lngLat[0])}::float8[],
      ${rows.map(({ lngLat }) => lngLat[1])}::float8[], ${rows.map(({ qrCode }) => qrCode)}::text[]) AS s (id, number, name, kind, address, lng, lat, qr_code)
    ON CONFLICT (id) DO NOTHING`);
}

export function insertGeofences(transaction: Transaction, rows: readonly GeofenceRow[]): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO geofences (id, station_id, name, severity, on_enter, dwell_minutes, unit_kinds, active_from, active_to, area)
    SELECT id, ${demoStationId}, name, severity, on_enter, dwell_minutes, ARRAY(SELECT jsonb_array_elements_text(unit_kinds)),
      active_from::time, active_to::time, ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(area), 4326))
    FROM jsonb_to_recordset(${JSON.stringify(
      rows.map((row) => ({
        id: row.id,
        name: row.name,
        severity: row.severity,
        on_enter: row.onEnter,
        dwell_minutes: row.dwellMinutes,
        unit_kinds: row.unitKinds,
        active_from: row.hours?.[0] ?? null,
        active_to: row.hours?.[1] ?? null,
        area: polygonText(row.ring),
      })),
    )}::jsonb) AS g (id uuid, name text, severity text, on_enter boolean, dwell_minutes integer, unit_kinds jsonb, active_from text, active_to text, area text)
    ON CONFLICT DO NOTHING`);
}

export async function insertUnits(transaction: Transaction, units: readonly DemoUnit[]): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO units (id, station_id, number, call_sign, kind)
    SELECT id, ${demoStationId}, number, call_sign, kind
    FROM unnest(${units.map(({ number }) => demoId(`unit/${number}`))}::uuid[], ${units.map(({ number }) => number)}::int[],
      ${units.map(({ callSign }) => callSign)}::text[], ${units.map(({ kind }) => kind)}::text[]) AS u (id, number, call_sign, kind)
    ON CONFLICT (id) DO NOTHING`);
  const equipment = units.flatMap((unit) =>
    unit.equipment.map((each) => ({ ...each, unitId: demoId(`unit/${unit.number}`) })),
  );
  await transaction.execute(sql`
    INSERT INTO unit_equipment (unit_id, station_id, kind, quantity)
    SELECT unit_id, ${demoStationId}, kind, quantity
    FROM unnest(${equipment.map(({ unitId }) => unitId)}::uuid[], ${equipment.map(({ kind }) => kind)}::text[], ${equipment.map(({ quantity }) => quantity)}::int[]) AS e (unit_id, kind, quantity)
    ON CONFLICT (unit_id, kind) DO NOTHING`);
}

/** Gives the devices their credentials; those that have them already are left alone. How many were made or changed. */
export function upsertDevices(
  transaction: Transaction,
  devices: readonly { name: string; unitNumber: number; tokenHash: Buffer }[],
): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO devices (id, station_id, name, unit_id, token_hash)
    SELECT id, ${demoStationId}, name, unit_id, token_hash
    FROM unnest(${devices.map(({ name }) => demoId(`device/${name}`))}::uuid[], ${devices.map(({ name }) => name)}::text[],
      ${devices.map(({ unitNumber }) => demoId(`unit/${unitNumber}`))}::uuid[], ${devices.map(({ tokenHash }) => tokenHash)}::bytea[]) AS d (id, name, unit_id, token_hash)
    ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash WHERE devices.token_hash IS DISTINCT FROM excluded.token_hash`);
}

/** Which officers and which patrol members of sentinel points can be on a crew? In the order of their ids. By members_station_idx. */
export async function findRosterPool(transaction: Transaction): Promise<{ officers: string[]; patrols: string[] }> {
  const rows = await transaction.query<{ id: string; role: string }>(sql`
    SELECT id, role FROM members WHERE station_id = ${demoStationId} AND role IN ('officer', 'auxiliary', 'yijing', 'guard', 'volunteer', 'party-member')
    ORDER BY id`);
  const idsOf = (isOfficer: boolean) =>
    rows.filter(({ role }) => (role === 'officer') === isOfficer).map(({ id }) => id);
  return { officers: idsOf(true), patrols: idsOf(false) };
}

/** How many crews were new. */
export async function insertCrews(transaction: Transaction, crews: readonly RosterCrew[]): Promise<number> {
  const made = await transaction.execute(sql`
    INSERT INTO crews (id, station_id, unit_id, shift_starts_at, shift_ends_at)
    SELECT id, ${demoStationId}, unit_id, starts_at, ends_at
    FROM unnest(${crews.map(({ id }) => id)}::uuid[], ${crews.map(({ unitId }) => unitId)}::uuid[],
      ${crews.map(({ startsAt }) => startsAt)}::timestamptz[], ${crews.map(({ endsAt }) => endsAt)}::timestamptz[]) AS c (id, unit_id, starts_at, ends_at)
    ON CONFLICT (id) DO NOTHING`);
  const seats = crews.flatMap(({ id, memberIds }) => memberIds.map((memberId) => ({ id, memberId })));
  await transaction.execute(sql`
    INSERT INTO crew_members (crew_id, member_id, station_id)
    SELECT crew_id, member_id, ${demoStationId}
    FROM unnest(${seats.map(({ id }) => id)}::uuid[], ${seats.map(({ memberId }) => memberId)}::uuid[]) AS s (crew_id, member_id)
    ON CONFLICT (crew_id, member_id) DO NOTHING`);
  return made;
}

export function insertIncidents(transaction: Transaction, rows: readonly FollowedIncident[]): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO incidents (id, station_id, number, category, source, source_id, sentinel_id, state, occurred_at, point, description)
    SELECT id, ${demoStationId}, number, category, source, 'demo-' || number, sentinel_id, state, occurred_at,
      ST_SetSRID(ST_MakePoint(lng, lat), 4326), description
    FROM unnest(${rows.map(({ number }) => demoId(`incident/${number}`))}::uuid[], ${rows.map(({ number }) => number)}::int[],
      ${rows.map(({ category }) => category)}::text[], ${rows.map(({ source }) => source)}::text[],
      ${rows.map(({ sentinelId }) => sentinelId)}::uuid[], ${rows.map(({ state }) => state)}::text[],
      ${rows.map(({ occurredAtMs }) => new Date(occurredAtMs))}::timestamptz[], ${rows.map(({ lngLat }) => lngLat[0])}::float8[],
      ${rows.map(({ lngLat }) => lngLat[1])}::float8[], ${rows.map(({ description }) => description)}::text[])
      AS i (id, number, category, source, sentinel_id, state, occurred_at, lng, lat, description)
    ON CONFLICT (id) DO NOTHING`);
}

/** What stands on timelines; an event that is there is left alone, and so are its words. */
export async function insertEvents(transaction: Transaction, events: readonly DemoEvent[]): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO incident_events (id, station_id, incident_id, kind, at, actor_name, unit_id, detail)
    SELECT id, ${demoStationId}, incident_id, kind, at, actor_name, unit_id,
      CASE WHEN kind = 'created' THEN '{"via": "desk"}'::jsonb ELSE '{}'::jsonb END
    FROM unnest(${events.map(({ id }) => id)}::uuid[], ${events.map(({ incidentNumber }) => demoId(`incident/${incidentNumber}`))}::uuid[],
      ${events.map(({ kind }) => kind)}::text[], ${events.map(({ atMs }) => new Date(atMs))}::timestamptz[],
      ${events.map(({ actorName }) => actorName)}::text[], ${events.map(({ unitId }) => unitId)}::uuid[])
      AS e (id, incident_id, kind, at, actor_name, unit_id)
    ON CONFLICT (id) DO NOTHING`);
  const written = events.filter(({ note }) => note !== null);
  await transaction.execute(sql`
    INSERT INTO incident_event_texts (event_id, station_id, field, text)
    SELECT event_id, ${demoStationId}, 'note', text
    FROM unnest(${written.map(({ id }) => id)}::uuid[], ${written.map(({ note }) => note)}::text[]) AS n (event_id, text)
    ON CONFLICT (event_id, field) DO NOTHING`);
}

/** The last step: boundary, next numbers, and the mark that the demo is complete, by which running servers also refetch. */
export async function completeDemo(
  transaction: Transaction,
  boundary: readonly LngLat[],
  incidents: number,
  units: number,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE stations SET boundary = ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(${polygonText(boundary)}), 4326)),
      next_incident_number = greatest(next_incident_number, ${incidents + 1}), next_unit_number = greatest(next_unit_number, ${units + 1})
    WHERE id = ${demoStationId}`);
  await transaction.execute(sql`
    INSERT INTO revisions (station_id, noun)
    SELECT ${demoStationId}, noun FROM unnest(ARRAY['units', 'grids', 'sentinels', 'incidents', 'demo']) AS noun
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
}

/** Tells running servers that units changed (credentials, crews). */
export function raiseUnitRevision(transaction: Transaction): Promise<number> {
  return transaction.execute(sql`
    INSERT INTO revisions (station_id, noun) VALUES (${demoStationId}, 'units')
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1`);
}
