import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { seeWithdrawn } from '../incidents/record-queries.ts';

/** Removes at most `limit` rows of a station that are older than `before` (ISO 8601); how many it removed. */
export type Removal = (transaction: Transaction, stationId: string, before: string, limit: number) => Promise<number>;

/**
 * A station's fixes of one UTC day that are older than `before`. By the key of fixes for each device that ever reported
 * there, in the one partition.
 */
export const removeFixes =
  (day: string): Removal =>
  (transaction, stationId, before, limit) =>
    transaction.execute(sql`
      WITH old AS MATERIALIZED (
        SELECT f.device_number, f.observed_at
        FROM (SELECT DISTINCT device_number FROM device_units WHERE station_id = ${stationId}) AS d
        JOIN fixes f ON f.device_number = d.device_number
        WHERE f.station_id = ${stationId} AND f.observed_at >= ${`${day}T00:00:00Z`}::timestamptz
          AND f.observed_at < least(${`${day}T00:00:00Z`}::timestamptz + interval '1 day', ${before}::timestamptz)
        LIMIT ${limit}
      )
      DELETE FROM fixes f USING old
      WHERE f.device_number = old.device_number AND f.observed_at = old.observed_at AND f.station_id = ${stationId}
        AND f.observed_at >= ${`${day}T00:00:00Z`}::timestamptz AND f.observed_at < ${`${day}T00:00:00Z`}::timestamptz + interval '1 day'`);

/** The newest fix of units that were silent for so long is whereabouts too. */
export const removeLatestFixes: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM latest_fixes WHERE station_id = ${stationId} AND unit_number IN (
      SELECT unit_number FROM latest_fixes WHERE station_id = ${stationId} AND observed_at < ${before}::timestamptz LIMIT ${limit})`);

/** By the primary key. It names no unit, but where a kind has only one it tells of that one. */
export const removePresence: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM presence WHERE station_id = ${stationId} AND (hour, grid_id, unit_kind) IN (
      SELECT hour, grid_id, unit_kind FROM presence WHERE station_id = ${stationId} AND hour < ${before}::timestamptz LIMIT ${limit})`);

/** By duty_periods_station_idx. */
export const removeDutyPeriods: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM duty_periods WHERE station_id = ${stationId} AND (unit_id, starts_at) IN (
      SELECT unit_id, starts_at FROM duty_periods WHERE station_id = ${stationId} AND ends_at < ${before}::timestamptz LIMIT ${limit})`);

/** Reads the table, which its cap a device and day keeps small. */
export const removeQuarantinedFixes: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM quarantined_fixes WHERE station_id = ${stationId} AND (device_number, day, body_hash) IN (
      SELECT device_number, day, body_hash FROM quarantined_fixes
      WHERE station_id = ${stationId} AND received_at < ${before}::timestamptz LIMIT ${limit})`);

/** Reads the table: a row a device and day. */
export const removeDeviceDays: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM device_days WHERE station_id = ${stationId} AND (device_number, day) IN (
      SELECT device_number, day FROM device_days
      WHERE station_id = ${stationId} AND day + 1 <= (${before}::timestamptz AT TIME ZONE 'UTC')::date LIMIT ${limit})`);

/**
 * By incidents_time_idx. The incident stays: where, when, what kind. The hash of what it was recorded with goes too: a
 * guessed text could be held against it. So do the texts of withdrawn ones.
 */
export const removeIncidentTexts: Removal = async (transaction, stationId, before, limit) => {
  await seeWithdrawn(transaction);
  return transaction.execute(sql`
    UPDATE incidents SET description = NULL, body_hash = NULL WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM incidents
      WHERE station_id = ${stationId} AND occurred_at < ${before}::timestamptz AND (description IS NOT NULL OR body_hash IS NOT NULL)
      LIMIT ${limit})`);
};

/** What people wrote on timelines, and texts that were corrected. By incident_event_texts_station_idx and primary keys. */
export const removeTimelineTexts: Removal = async (transaction, stationId, before, limit) => {
  await seeWithdrawn(transaction);
  return transaction.execute(sql`
    DELETE FROM incident_event_texts WHERE station_id = ${stationId} AND (event_id, field) IN (
      SELECT t.event_id, t.field FROM incident_event_texts t
      JOIN incident_events e ON e.id = t.event_id JOIN incidents i ON i.id = e.incident_id
      WHERE t.station_id = ${stationId} AND e.station_id = ${stationId} AND i.station_id = ${stationId}
        AND i.occurred_at < ${before}::timestamptz LIMIT ${limit})`);
};

/** Ended by sign-out, by time or by lying idle. */
export const removeEndedSessions: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM sessions WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM sessions
      WHERE station_id = ${stationId}
        AND coalesce(ended_at, least(expires_at, last_seen_at + make_interval(secs => idle_seconds))) < ${before}::timestamptz
      LIMIT ${limit})`);

/** What was imported refers to its import, so the row stays, without the file's name and the machine's. */
export const removeImportNames: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    UPDATE imports SET file_name = '', host = '', process_id = 0 WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM imports
      WHERE station_id = ${stationId} AND published_at < ${before}::timestamptz AND (file_name <> '' OR host <> '') LIMIT ${limit})`);

/** Through the one function that may; it refuses what is younger than 183 days. */
export const removeAuditEntries: Removal = async (transaction, stationId, before, limit) => {
  const [row] = await transaction.query<{ removed: number }>(
    sql`SELECT remove_audit_entries(${stationId}, ${before}::timestamptz, ${limit}) AS removed`,
  );
  return row?.removed ?? 0;
};

/** Reports of removals go with the audit entries that tell of them. */
export const removeRuns: Removal = (transaction, stationId, before, limit) =>
  transaction.execute(sql`
    DELETE FROM retention_runs WHERE station_id = ${stationId} AND id IN (
      SELECT id FROM retention_runs WHERE station_id = ${stationId} AND started_at < ${before}::timestamptz LIMIT ${limit})`);
