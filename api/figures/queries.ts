import type { AlertSeverity } from '../alerts/contract.ts';
import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { ComparisonSpans } from './comparison-spans.ts';

/** What changes the figures, besides the minute. */
const figureNouns = ['units', 'incidents', 'sentinels', 'alerts', 'dispatches'];

/** Which time zone has the station, and how often has what is counted changed? By the primary keys of both. */
export async function findFigureBase(transaction: Transaction, stationId: string) {
  const [row] = await transaction.query<{ timeZone: string; revisions: string }>(sql`
    SELECT s.time_zone AS "timeZone",
      (SELECT coalesce(string_agg(r.noun || ':' || r.revision, ',' ORDER BY r.noun), '')
        FROM revisions r WHERE r.station_id = s.id AND r.noun = ANY(${figureNouns}::text[])) AS revisions
    FROM stations s WHERE s.id = ${stationId}`);
  return row;
}

/** How many units of each kind are there and on duty? By the unique key of station and number. */
export async function countStrength(transaction: Transaction, stationId: string) {
  return transaction.query<{ kind: UnitKind; onDuty: number; total: number }>(sql`
    SELECT kind, count(*) FILTER (WHERE duty_state = 'on') AS "onDuty", count(*) AS total
    FROM units WHERE station_id = ${stationId} GROUP BY kind`);
}

/** How many incidents happened in each of the spans? Three ranges of incidents_time_idx. */
export async function countIncidents(transaction: Transaction, stationId: string, spans: ComparisonSpans) {
  const countIn = ({ from, to }: ComparisonSpans['today']) => sql`
    (SELECT count(*) FROM incidents
      WHERE station_id = ${stationId} AND occurred_at >= ${from}::timestamptz AND occurred_at < ${to}::timestamptz)`;
  const [row] = await transaction.query<{ today: number; lastWeek: number; lastYear: number }>(sql`
    SELECT ${countIn(spans.today)} AS today, ${countIn(spans.lastWeek)} AS "lastWeek", ${countIn(spans.lastYear)} AS "lastYear"`);
  return row!;
}

/** How many incidents does somebody still work on? By incidents_open_idx. */
export async function countOpenIncidents(transaction: Transaction, stationId: string): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`SELECT count(*) AS count FROM incidents WHERE station_id = ${stationId} AND state = 'open'`,
  );
  return row!.count;
}

/** How many sentinel points are there, and how many told of an incident since then? By incidents_reporting_idx. */
export async function countReporting(transaction: Transaction, stationId: string, since: Date) {
  const [row] = await transaction.query<{ reporting: number; total: number }>(sql`
    SELECT
      (SELECT count(DISTINCT sentinel_id) FROM incidents
        WHERE station_id = ${stationId} AND occurred_at >= ${since}::timestamptz AND sentinel_id IS NOT NULL) AS reporting,
      (SELECT count(*) FROM sentinels WHERE station_id = ${stationId}) AS total`);
  return row!;
}

/** How many alerts of each severity are open, and how many of them has nobody acknowledged? By alerts_open_cause_key. */
export async function countOpenAlerts(transaction: Transaction, stationId: string) {
  return transaction.query<{ severity: AlertSeverity; count: number; unacknowledged: number }>(sql`
    SELECT severity, count(*) AS count, count(*) FILTER (WHERE acknowledged_at IS NULL) AS unacknowledged
    FROM alerts WHERE station_id = ${stationId} AND resolved_at IS NULL GROUP BY severity`);
}

/** How many dispatches run, and how many of them has nobody answered yet? By dispatches_running_idx. */
export async function countRunningDispatches(transaction: Transaction, stationId: string) {
  const [row] = await transaction.query<{ running: number; unanswered: number }>(sql`
    SELECT count(*) AS running, count(*) FILTER (WHERE state = 'sent') AS unanswered
    FROM dispatches WHERE station_id = ${stationId} AND state IN ('sent', 'accepted', 'arrived')`);
  return row!;
}
