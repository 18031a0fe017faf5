import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import {
  defaultOverdueShiftHours,
  defaultRetention,
  type RetentionChange,
  type RetentionDays,
  type RetentionRun,
} from './contract.ts';

export type RetentionSettings = RetentionChange & { isDefault: boolean };

/** How long does each of these stations keep what? The defaults where nobody set it. By the primary keys. */
export async function findRetention(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<RetentionSettings[]> {
  const rows = await transaction.query<
    { stationId: string; hours: number | null; isDefault: boolean } & RetentionDays
  >(sql`
    SELECT s.id AS "stationId", r.station_id IS NULL AS "isDefault", r.overdue_shift_hours AS hours, r.fix_days AS fixes,
      r.quarantined_fix_days AS "quarantinedFixes", r.device_day_days AS "deviceDays", r.incident_text_days AS "incidentTexts",
      r.ended_session_days AS "endedSessions", r.import_days AS imports, r.audit_days AS audit
    FROM stations s LEFT JOIN retention_settings r ON r.station_id = s.id
    WHERE s.id = ANY(${stationIds}::uuid[]) ORDER BY s.id`);
  return rows.map(({ stationId, hours, isDefault, ...days }) => ({
    stationId,
    isDefault,
    days: isDefault ? defaultRetention : days,
    overdueShiftHours: hours ?? defaultOverdueShiftHours,
  }));
}

export async function putRetention(
  transaction: Transaction,
  { stationId, days, overdueShiftHours }: RetentionChange,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO retention_settings (station_id, fix_days, quarantined_fix_days, device_day_days, incident_text_days, ended_session_days, import_days, audit_days, overdue_shift_hours)
    VALUES (${stationId}, ${days.fixes}, ${days.quarantinedFixes}, ${days.deviceDays}, ${days.incidentTexts}, ${days.endedSessions}, ${days.imports}, ${days.audit}, ${overdueShiftHours})
    ON CONFLICT (station_id) DO UPDATE SET fix_days = excluded.fix_days, quarantined_fix_days = excluded.quarantined_fix_days,
      device_day_days = excluded.device_day_days, incident_text_days = excluded.incident_text_days,
      ended_session_days = excluded.ended_session_days, import_days = excluded.import_days, audit_days = excluded.audit_days,
      overdue_shift_hours = excluded.overdue_shift_hours`);
}

/** The latest runs that removed something, newest first. By retention_runs_station_idx. */
export async function findRetentionRuns(
  transaction: Transaction,
  stationIds: readonly string[],
  limit: number,
): Promise<RetentionRun[]> {
  const rows = await transaction.query<{
    stationId: string;
    startedAt: Date;
    finishedAt: Date | null;
    removed: Record<string, number>;
  }>(sql`
    SELECT station_id AS "stationId", started_at AS "startedAt", finished_at AS "finishedAt", removed
    FROM retention_runs WHERE station_id = ANY(${stationIds}::uuid[]) ORDER BY started_at DESC LIMIT ${limit}`);
  return rows.map((row) => ({
    ...row,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

/** Adds to the report of a run what this transaction removes. */
export async function noteRemoved(
  transaction: Transaction,
  run: { id: string; stationId: string },
  kind: string,
  count: number,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO retention_runs AS r (id, station_id, removed) VALUES (${run.id}, ${run.stationId}, jsonb_build_object(${kind}::text, ${count}::bigint))
    ON CONFLICT (id) DO UPDATE SET touched_at = now(),
      removed = r.removed || jsonb_build_object(${kind}::text, coalesce((r.removed ->> ${kind}::text)::bigint, 0) + ${count}::bigint)`);
}

/**
 * Closes the runs of a station that are not touched any more, the one with this id at once; what each of them removed.
 * One is closed once, whoever comes first.
 */
export async function closeRuns(
  transaction: Transaction,
  stationId: string,
  runId: string,
): Promise<{ id: string; startedAt: Date; removed: Record<string, number> }[]> {
  return transaction.query(sql`
    UPDATE retention_runs SET finished_at = now()
    WHERE station_id = ${stationId} AND finished_at IS NULL AND (id = ${runId} OR touched_at < now() - interval '1 minute')
    RETURNING id, started_at AS "startedAt", removed`);
}

/** Which UTC days (YYYY-MM-DD) have fixes, oldest first? */
export async function listFixDays(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.query<{ day: string }>(sql`SELECT day::text FROM list_fix_partitions()`);
  return rows.map(({ day }) => day);
}

/** Drops a day of all stations' fixes; the database refuses where a station still keeps it. false: it was gone. */
export async function dropFixDay(transaction: Transaction, day: string): Promise<boolean> {
  const [row] = await transaction.query<{ dropped: boolean }>(sql`SELECT drop_fix_partition(${day}::date) AS dropped`);
  return row?.dropped ?? false;
}

/** Which of these stations ever had fixes? By the primary key of device_units. */
export async function findTrackedStations(transaction: Transaction, stationIds: readonly string[]): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(sql`
    SELECT s.id FROM unnest(${stationIds}::uuid[]) AS s(id) WHERE EXISTS (SELECT 1 FROM device_units d WHERE d.station_id = s.id)`);
  return rows.map(({ id }) => id);
}
