import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { AlertSeverity } from '../alerts/contract.ts';
import type { Area, Geofence, GeofenceBody } from './contract.ts';

interface GeofenceRow {
  id: string;
  stationId: string;
  name: string;
  severity: AlertSeverity;
  onEnter: boolean;
  onLeave: boolean;
  dwellMinutes: number | null;
  unitKinds: UnitKind[];
  activeFrom: string | null;
  activeTo: string | null;
  area: Area;
  version: number;
  timeZone: string;
}

const columns = sql`
  f.id, f.station_id AS "stationId", f.name, f.severity, f.on_enter AS "onEnter", f.on_leave AS "onLeave",
  f.dwell_minutes AS "dwellMinutes", f.unit_kinds AS "unitKinds", to_char(f.active_from, 'HH24:MI') AS "activeFrom",
  to_char(f.active_to, 'HH24:MI') AS "activeTo", ST_AsGeoJSON(f.area, 7)::json AS area, f.version, s.time_zone AS "timeZone"`;

const geofenceOf = ({ activeFrom, activeTo, ...row }: GeofenceRow): Geofence & { timeZone: string } => ({
  ...row,
  activeHours: activeFrom === null || activeTo === null ? null : { from: activeFrom, to: activeTo },
});

/** Which geofences have these stations, with the station's time zone? By name; by the unique key of station and name. */
export async function findGeofences(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<(Geofence & { timeZone: string })[]> {
  const rows = await transaction.query<GeofenceRow>(sql`
    SELECT ${columns} FROM geofences f JOIN stations s ON s.id = f.station_id
    WHERE f.station_id = ANY(${stationIds}::uuid[]) ORDER BY f.station_id, f.name`);
  return rows.map(geofenceOf);
}

/** One geofence, locked; null: none in these stations. By the primary key. */
export async function lockGeofence(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<Geofence | null> {
  const [row] = await transaction.query<GeofenceRow>(sql`
    SELECT ${columns} FROM geofences f JOIN stations s ON s.id = f.station_id
    WHERE f.id = ${id} AND f.station_id = ANY(${stationIds}::uuid[]) FOR UPDATE OF f`);
  return row ? withoutZone(geofenceOf(row)) : null;
}

export const withoutZone = ({ timeZone: _, ...geofence }: Geofence & { timeZone: string }): Geofence => geofence;

/** How many geofences has the station? */
export async function countGeofences(transaction: Transaction, stationId: string): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`SELECT count(*) AS count FROM geofences WHERE station_id = ${stationId}`,
  );
  return row?.count ?? 0;
}

const areaOf = (area: Area) =>
  sql`ST_Multi(ST_ForcePolygonCCW(ST_SetSRID(ST_GeomFromGeoJSON(${JSON.stringify(area)}), 4326)))`;

type Written = GeofenceBody & { id: string; stationId: string };

export async function insertGeofence(transaction: Transaction, fence: Written): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO geofences (id, station_id, name, severity, on_enter, on_leave, dwell_minutes, unit_kinds, active_from, active_to, area)
    VALUES (${fence.id}, ${fence.stationId}, ${fence.name}, ${fence.severity}, ${fence.onEnter}, ${fence.onLeave},
      ${fence.dwellMinutes}, ${fence.unitKinds}, ${fence.activeHours?.from ?? null}, ${fence.activeHours?.to ?? null}, ${areaOf(fence.area)})`);
}

export async function updateGeofence(transaction: Transaction, fence: Written): Promise<void> {
  await transaction.execute(sql`
    UPDATE geofences SET name = ${fence.name}, severity = ${fence.severity}, on_enter = ${fence.onEnter},
      on_leave = ${fence.onLeave}, dwell_minutes = ${fence.dwellMinutes}, unit_kinds = ${fence.unitKinds},
      active_from = ${fence.activeHours?.from ?? null}, active_to = ${fence.activeHours?.to ?? null}, area = ${areaOf(fence.area)}
    WHERE id = ${fence.id} AND station_id = ${fence.stationId}`);
}

/** Its open alerts are resolved; they and the resolved ones stay as history. */
export async function deleteGeofence(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await resolveAlertsOfGeofence(transaction, stationId, id);
  await transaction.execute(sql`DELETE FROM geofences WHERE id = ${id} AND station_id = ${stationId}`);
}

/** Nothing it told holds any more. By alerts_open_cause_key. */
export async function resolveAlertsOfGeofence(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`
    UPDATE alerts SET resolved_at = clock_timestamp()
    WHERE station_id = ${stationId} AND resolved_at IS NULL AND geofence_id = ${id}`);
}

/** How many alerts of it are open? By alerts_open_cause_key. */
export async function countOpenAlerts(transaction: Transaction, stationId: string, id: string): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM alerts WHERE station_id = ${stationId} AND resolved_at IS NULL AND geofence_id = ${id}`);
  return row?.count ?? 0;
}

/** The area is another: who is inside is to be seen anew. */
export async function forgetStays(transaction: Transaction, stationId: string, geofenceId: string): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM geofence_stays WHERE geofence_id = ${geofenceId} AND station_id = ${stationId}`,
  );
}
