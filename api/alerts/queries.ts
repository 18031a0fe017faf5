import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { Alert } from './contract.ts';
import type { Outage } from './judge-outage.ts';
import type { NewAlert } from './raise-alert.ts';

/** Raises an alert; false: one of its cause is open. By alerts_open_cause_key, also when two raise it at once. */
export async function insertAlert(transaction: Transaction, alert: NewAlert & { id: string }): Promise<boolean> {
  const { id, stationId, kind, cause, severity, lngLat, detail = {} } = alert;
  const [unitId, incidentId] = [alert.unitId ?? null, alert.incidentId ?? null];
  const inserted = await transaction.execute(sql`
    INSERT INTO alerts (id, station_id, kind, cause, severity, unit_id, incident_id, grid_id, geofence_id, dispatch_id, call_sign, point, detail)
    SELECT ${id}::uuid, ${stationId}::uuid, ${kind}, ${cause}, ${severity}, ${unitId}::uuid, ${incidentId}::uuid,
      ${alert.gridId ?? null}::uuid, ${alert.geofenceId ?? null}::uuid, ${alert.dispatchId ?? null}::uuid,
      (SELECT u.call_sign FROM units u WHERE u.id = ${unitId}::uuid AND u.station_id = ${stationId}),
      coalesce(
        ST_SetSRID(ST_MakePoint(${lngLat?.[0] ?? null}::float8, ${lngLat?.[1] ?? null}::float8), 4326),
        (SELECT f.point FROM units u JOIN latest_fixes f ON f.station_id = u.station_id AND f.unit_number = u.number
          WHERE u.id = ${unitId}::uuid AND u.station_id = ${stationId} AND u.duty_state = 'on'),
        (SELECT i.point FROM incidents i WHERE i.id = ${incidentId}::uuid AND i.station_id = ${stationId})),
      ${JSON.stringify(detail)}::jsonb
    ON CONFLICT (station_id, cause) WHERE resolved_at IS NULL DO NOTHING`);
  return inserted > 0;
}

/** The rule says that the cause has ended; false: none was open. By alerts_open_cause_key. */
export async function resolveOpenAlert(transaction: Transaction, stationId: string, cause: string): Promise<boolean> {
  const resolved = await transaction.execute(sql`
    UPDATE alerts SET resolved_at = clock_timestamp()
    WHERE station_id = ${stationId} AND cause = ${cause} AND resolved_at IS NULL`);
  return resolved > 0;
}

/** Whose alerts, and how: those of whole stations, else those of the viewer's own units there. */
export interface AlertScope {
  stationIds: readonly string[];
  wholeStationIds: readonly string[];
  ownUnitIds: readonly string[];
  /** Where the viewer reads names of people: who acknowledged it, and their note. */
  namesStationIds: readonly string[];
}

const inScope = ({ stationIds, wholeStationIds, ownUnitIds }: AlertScope): Statement => sql`
  a.station_id = ANY(${stationIds}::uuid[])
  AND (a.station_id = ANY(${wholeStationIds}::uuid[]) OR a.unit_id = ANY(${ownUnitIds}::uuid[]))`;

const columns = ({ namesStationIds }: AlertScope): Statement => sql`
  a.id, a.station_id AS "stationId", a.kind, a.severity, (extract(epoch FROM a.opened_at) * 1000)::float8 AS "openedAtMs",
  a.unit_id AS "unitId", u.number AS "unitNumber", coalesce(u.call_sign, a.call_sign) AS "callSign",
  a.incident_id AS "incidentId", i.number AS "incidentNumber", a.grid_id AS "gridId", g.number AS "gridNumber",
  a.geofence_id AS "geofenceId", f.name AS "geofenceName", a.dispatch_id AS "dispatchId",
  round(ST_X(a.point)::numeric, 7)::float8 AS lng, round(ST_Y(a.point)::numeric, 7)::float8 AS lat, a.detail,
  (extract(epoch FROM a.acknowledged_at) * 1000)::float8 AS "acknowledgedAtMs",
  CASE WHEN a.station_id = ANY(${namesStationIds}::uuid[]) THEN a.acknowledged_by_name END AS "acknowledgedBy",
  CASE WHEN a.station_id = ANY(${namesStationIds}::uuid[]) THEN a.note END AS note,
  (extract(epoch FROM a.resolved_at) * 1000)::float8 AS "resolvedAtMs",
  CASE WHEN a.station_id = ANY(${namesStationIds}::uuid[]) THEN a.closed_by_name END AS "closedBy"`;

const joined = sql`
  FROM alerts a
  LEFT JOIN units u ON u.id = a.unit_id
  LEFT JOIN incidents i ON i.id = a.incident_id
  LEFT JOIN grids g ON g.id = a.grid_id
  LEFT JOIN geofences f ON f.id = a.geofence_id`;

type Times = 'openedAt' | 'acknowledgedAt' | 'resolvedAt';

/** An alert with its times in milliseconds since 1970. */
export interface AlertRow extends Omit<Alert, Times | 'lngLat'> {
  lng: number | null;
  lat: number | null;
  openedAtMs: number;
  acknowledgedAtMs: number | null;
  resolvedAtMs: number | null;
}

/** Which alerts are open, or were opened since? Newest first. By alerts_open_cause_key, and alerts_time_idx. */
export function findAlerts(
  transaction: Transaction,
  scope: AlertScope,
  { state, since, limit }: { state: 'open' | 'all'; since: string; limit: number },
): Promise<AlertRow[]> {
  return transaction.query<AlertRow>(sql`
    SELECT ${columns(scope)} ${joined}
    WHERE ${inScope(scope)} AND ${
      state === 'open'
        ? sql`a.resolved_at IS NULL`
        : sql`(a.resolved_at IS NULL OR a.opened_at >= ${since}::timestamptz)`
    }
    ORDER BY a.opened_at DESC, a.id DESC LIMIT ${limit}`);
}

/** One alert as this viewer sees it; null: there is none in the scope. By the primary key. */
export async function findAlert(transaction: Transaction, scope: AlertScope, id: string): Promise<AlertRow | null> {
  const [row] = await transaction.query<AlertRow>(sql`
    SELECT ${columns(scope)} ${joined} WHERE a.id = ${id} AND ${inScope(scope)}`);
  return row ?? null;
}

/** Holds the alert until the transaction ends; false: there is none in these stations. By the primary key. */
export async function lockAlert(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<{
  stationId: string;
  kind: Alert['kind'];
  cause: string;
  isAcknowledged: boolean;
  isResolved: boolean;
} | null> {
  const [row] = await transaction.query<{
    stationId: string;
    kind: Alert['kind'];
    cause: string;
    isAcknowledged: boolean;
    isResolved: boolean;
  }>(sql`
    SELECT station_id AS "stationId", kind, cause, acknowledged_at IS NOT NULL AS "isAcknowledged", resolved_at IS NOT NULL AS "isResolved"
    FROM alerts WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[]) FOR UPDATE`);
  return row ?? null;
}

/** A person has seen to it; who was first stays. */
export async function acknowledgeAlert(
  transaction: Transaction,
  { stationId, id }: { stationId: string; id: string },
  by: { accountId: string; name: string },
  note: string | null,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE alerts SET acknowledged_at = clock_timestamp(), acknowledged_by = ${by.accountId}, acknowledged_by_name = ${by.name}, note = ${note}
    WHERE id = ${id} AND station_id = ${stationId} AND acknowledged_at IS NULL`);
}

/** A person closes what they have acknowledged. */
export async function closeAlert(
  transaction: Transaction,
  { stationId, id }: { stationId: string; id: string },
  closedBy: string,
): Promise<void> {
  await transaction.execute(sql`
    UPDATE alerts SET resolved_at = clock_timestamp(), closed_by_name = ${closedBy}
    WHERE id = ${id} AND station_id = ${stationId} AND resolved_at IS NULL`);
}

/** Causes of the open alerts of a kind. By alerts_open_cause_key. */
export async function findOpenCauses(
  transaction: Transaction,
  stationIds: readonly string[],
  kind: Alert['kind'],
): Promise<string[]> {
  const rows = await transaction.query<{ cause: string }>(sql`
    SELECT cause FROM alerts WHERE station_id = ANY(${stationIds}::uuid[]) AND resolved_at IS NULL AND kind = ${kind}`);
  return rows.map(({ cause }) => cause);
}

/** The open outages of these stations, as their alerts tell them. By alerts_open_cause_key. */
export const findOpenOutages = (
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<(Outage & { stationId: string })[]> =>
  transaction.query(sql`
    SELECT station_id AS "stationId", (extract(epoch FROM (detail ->> 'since')::timestamptz) * 1000)::float8 AS "sinceMs",
      (detail ->> 'count')::integer AS count, (detail ->> 'of')::integer AS "of"
    FROM alerts WHERE station_id = ANY(${stationIds}::uuid[]) AND resolved_at IS NULL AND kind = 'stationSilent'`);

/** What an open alert says has changed. By alerts_open_cause_key. */
export const updateOpenDetail = (
  transaction: Transaction,
  { stationId, cause }: { stationId: string; cause: string },
  detail: Record<string, unknown>,
): Promise<number> =>
  transaction.execute(sql`
    UPDATE alerts SET detail = ${JSON.stringify(detail)}::jsonb
    WHERE station_id = ${stationId} AND cause = ${cause} AND resolved_at IS NULL`);

/** The SOS that a request with this id raised; null: none did. By alerts_unit_idx. */
export async function findSosOf(
  transaction: Transaction,
  { stationId, unitId }: { stationId: string; unitId: string },
  requestId: string,
): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(sql`
    SELECT id FROM alerts
    WHERE unit_id = ${unitId} AND station_id = ${stationId} AND kind = 'sos' AND detail ->> 'requestId' = ${requestId}`);
  return row?.id ?? null;
}

/** The open alert of a cause; null: none is. By alerts_open_cause_key. */
export async function findOpenAlert(
  transaction: Transaction,
  stationId: string,
  cause: string,
): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(sql`
    SELECT id FROM alerts WHERE station_id = ${stationId} AND cause = ${cause} AND resolved_at IS NULL`);
  return row?.id ?? null;
}

/** The unit of this id in these stations; null: there is none. By the primary key. */
export async function findAlarmUnit(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<{ id: string; stationId: string; callSign: string } | null> {
  const [row] = await transaction.query<{ id: string; stationId: string; callSign: string }>(sql`
    SELECT id, station_id AS "stationId", call_sign AS "callSign" FROM units WHERE id = ${id} AND station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

/** Resolved alerts tell where units were, so they are kept as long as fixes are. By alerts_time_idx. */
export const removeAlerts = (
  transaction: Transaction,
  stationId: string,
  before: string,
  limit: number,
): Promise<number> =>
  transaction.execute(sql`
    DELETE FROM alerts WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM alerts
      WHERE station_id = ${stationId} AND opened_at < ${before}::timestamptz AND resolved_at IS NOT NULL LIMIT ${limit})`);
