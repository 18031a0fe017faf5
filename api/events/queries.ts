import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { StationEvent } from './contract.ts';

/** What of a station's events a viewer sees. */
export interface EventScope {
  stationId: string;
  seesIncidents: boolean;
  /** Who was sent is told with the steps. */
  seesDispatches: boolean;
  seesAlerts: boolean;
  /** Units whose dispatches and alerts are seen where all are not. */
  ownUnitIds: readonly string[];
}

type EventRow = Omit<StationEvent, 'at' | 'lngLat'> & { at: Date; lng: number | null; lat: number | null };

/**
 * What happened at a station from … to, in the order of time? By incidents_time_idx, incident_events_station_idx,
 * dispatch_steps_station_idx and alerts by their opening.
 */
export async function findEvents(
  transaction: Transaction,
  { stationId, seesIncidents, seesDispatches, seesAlerts, ownUnitIds }: EventScope,
  { from, to }: { from: number; to: number },
  limit: number,
): Promise<StationEvent[]> {
  const [begins, ends] = [new Date(from), new Date(to)];
  const rows = await transaction.query<EventRow>(sql`
    SELECT * FROM (
      SELECT 'incident' AS kind, i.occurred_at AS at, i.category AS name, i.number AS incident, i.source, NULL::integer AS unit,
        ST_X(i.point) AS lng, ST_Y(i.point) AS lat
      FROM incidents i
      WHERE ${seesIncidents} AND i.station_id = ${stationId}
        AND i.occurred_at >= ${begins}::timestamptz AND i.occurred_at < ${ends}::timestamptz
      UNION ALL
      SELECT 'step', e.at, e.kind, i.number, NULL, CASE WHEN ${seesDispatches} THEN u.number END, ST_X(i.point), ST_Y(i.point)
      FROM incident_events e
      JOIN incidents i ON i.id = e.incident_id
      LEFT JOIN units u ON u.id = e.unit_id
      WHERE ${seesIncidents} AND e.station_id = ${stationId}
        AND e.at >= ${begins}::timestamptz AND e.at < ${ends}::timestamptz
      UNION ALL
      SELECT 'step', s.at, CASE s.state WHEN 'sent' THEN 'dispatched' ELSE s.state END, NULL, NULL, u.number, NULL, NULL
      FROM dispatch_steps s
      JOIN dispatches d ON d.id = s.dispatch_id
      JOIN units u ON u.id = d.unit_id
      WHERE NOT ${seesIncidents} AND s.station_id = ${stationId} AND d.unit_id = ANY(${[...ownUnitIds]}::uuid[])
        AND s.at >= ${begins}::timestamptz AND s.at < ${ends}::timestamptz
      UNION ALL
      SELECT 'alert', a.opened_at, a.kind, i.number, NULL, u.number, ST_X(a.point), ST_Y(a.point)
      FROM alerts a
      LEFT JOIN incidents i ON i.id = a.incident_id AND ${seesIncidents}
      LEFT JOIN units u ON u.id = a.unit_id
      WHERE a.station_id = ${stationId} AND (${seesAlerts} OR a.unit_id = ANY(${[...ownUnitIds]}::uuid[]))
        AND a.opened_at >= ${begins}::timestamptz AND a.opened_at < ${ends}::timestamptz
    ) AS event
    ORDER BY at, kind, incident NULLS LAST LIMIT ${limit}`);
  return rows.map(({ at, lng, lat, ...row }) => ({
    ...row,
    at: at.toISOString(),
    lngLat: lng === null || lat === null ? null : [lng, lat],
  }));
}
