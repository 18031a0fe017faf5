import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { IndexedGrid } from './grid-index.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The grids of a station by number, the one that counts first where they overlap first. By the unique key of station and number. */
export async function findGridRings(transaction: Transaction, stationId: string): Promise<IndexedGrid[]> {
  const rows = await transaction.query<{ id: string; area: { coordinates: [number, number][][][] } }>(sql`
    SELECT id, ST_AsGeoJSON(area, 15, 0)::json AS area FROM grids WHERE station_id = ${stationId}
    ORDER BY length(number), number`);
  return rows.map(({ id, area }) => ({ id, rings: area.coordinates.flat() }));
}

export interface TrackedUnit {
  unitNumber: number;
  kind: UnitKind;
}

/** Which units of the station ever reported? By the primary keys of device_units and units. */
export async function findTrackedUnits(transaction: Transaction, stationId: string): Promise<TrackedUnit[]> {
  return transaction.query<TrackedUnit>(sql`
    SELECT u.number AS "unitNumber", u.kind FROM units u
    WHERE u.station_id = ${stationId}
      AND EXISTS (SELECT 1 FROM device_units d WHERE d.station_id = u.station_id AND d.unit_number = u.number)
    ORDER BY u.number`);
}

/** Bytes of one packed fix: time in ms from the beginning asked for, device, lng and lat in 1e-7 degrees (big-endian i32). */
export const packedFixBytes = 16;

/**
 * The fixes of these units from … to (exclusive), each unit's in the order of time, packed by the database: a value a
 * fix would cost the server an object each. By the key of fixes for each device that ever reported for them.
 */
export async function findPackedFixes(
  transaction: Transaction,
  stationId: string,
  unitNumbers: readonly number[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<{ unitNumber: number; packed: Buffer }[]> {
  return transaction.query(sql`
    SELECT du.unit_number AS "unitNumber", string_agg(
      int4send((extract(epoch FROM f.observed_at - ${iso(fromMs)}::timestamptz) * 1000)::integer) || int4send(f.device_number)
        || int4send(round(ST_X(f.point) * 1e7)::integer) || int4send(round(ST_Y(f.point) * 1e7)::integer),
      ''::bytea ORDER BY f.observed_at, f.device_number) AS packed
    FROM device_units du
    JOIN fixes f ON f.device_number = du.device_number AND f.unit_number = du.unit_number AND f.station_id = du.station_id
    WHERE du.station_id = ${stationId} AND du.unit_number = ANY(${unitNumbers}::int4[])
      AND f.observed_at >= ${iso(fromMs)}::timestamptz AND f.observed_at < ${iso(toMs)}::timestamptz
    GROUP BY du.unit_number`);
}

/** Marks hours to be computed. In one order everywhere, so that two writers never wait for each other in a ring. */
export async function markHours(
  transaction: Transaction,
  hours: readonly { stationId: string; hourMs: number }[],
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO presence_due AS p (station_id, hour)
    SELECT DISTINCT station_id, hour
    FROM unnest(${hours.map(({ stationId }) => stationId)}::uuid[], ${hours.map(({ hourMs }) => iso(hourMs))}::timestamptz[]) AS late (station_id, hour)
    ORDER BY station_id, hour
    ON CONFLICT (station_id, hour) DO UPDATE SET marks = p.marks + 1`);
}

export interface Progress {
  countedFromMs: number;
  rolledUpToMs: number;
  gridsRevision: number;
}

/** How far has the roll-up of a station come? null: nobody was ever tracked there, or it has not begun. By the primary key. */
export async function findProgress(transaction: Transaction, stationId: string): Promise<Progress | null> {
  const [row] = await transaction.query<Progress>(sql`
    SELECT (extract(epoch FROM counted_from) * 1000)::float8 AS "countedFromMs",
      (extract(epoch FROM rolled_up_to) * 1000)::float8 AS "rolledUpToMs", grids_revision AS "gridsRevision"
    FROM presence_progress WHERE station_id = ${stationId}`);
  return row ?? null;
}

/** When was a station first tracked? null: never. By the primary key of device_units. */
export async function findFirstTracked(transaction: Transaction, stationId: string): Promise<number | null> {
  const [row] = await transaction.query<{ atMs: number | null }>(
    sql`SELECT (extract(epoch FROM min(first_at)) * 1000)::float8 AS "atMs" FROM device_units WHERE station_id = ${stationId}`,
  );
  return row?.atMs ?? null;
}

export async function putProgress(transaction: Transaction, stationId: string, progress: Progress): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO presence_progress AS p (station_id, counted_from, rolled_up_to, grids_revision)
    VALUES (${stationId}, ${iso(progress.countedFromMs)}, ${iso(progress.rolledUpToMs)}, ${progress.gridsRevision})
    ON CONFLICT (station_id) DO UPDATE SET counted_from = least(p.counted_from, excluded.counted_from),
      rolled_up_to = excluded.rolled_up_to, grids_revision = excluded.grids_revision`);
}

/** How often have the station's grids changed? 0: never. By the primary key of revisions. */
export async function findGridsRevision(transaction: Transaction, stationId: string): Promise<number> {
  const [row] = await transaction.query<{ revision: number }>(
    sql`SELECT revision FROM revisions WHERE station_id = ${stationId} AND noun = 'grids'`,
  );
  return row?.revision ?? 0;
}

/** The newest hour of the station that is to be computed, before this time; null: none. By the primary key. */
export async function findDueHour(
  transaction: Transaction,
  stationId: string,
  beforeMs: number,
): Promise<{ hourMs: number; marks: number } | null> {
  const [row] = await transaction.query<{ hourMs: number; marks: number }>(sql`
    SELECT (extract(epoch FROM hour) * 1000)::float8 AS "hourMs", marks FROM presence_due
    WHERE station_id = ${stationId} AND hour < ${iso(beforeMs)}::timestamptz ORDER BY hour DESC LIMIT 1`);
  return row ?? null;
}

export interface PresenceRow {
  gridId: string;
  kind: UnitKind;
  seconds: number;
  visits: number;
}

/**
 * Puts an hour's presence in place of what stood there, and takes its mark away unless another came meanwhile. Grids
 * that are gone by now are left out.
 */
export async function replaceHour(
  transaction: Transaction,
  { stationId, hourMs, marks }: { stationId: string; hourMs: number; marks: number },
  rows: readonly PresenceRow[],
): Promise<void> {
  const hour = iso(hourMs);
  await transaction.execute(sql`DELETE FROM presence WHERE station_id = ${stationId} AND hour = ${hour}::timestamptz`);
  if (rows.length > 0)
    await transaction.execute(sql`
      INSERT INTO presence (station_id, hour, grid_id, unit_kind, seconds, visits)
      SELECT ${stationId}, ${hour}::timestamptz, r.grid_id, r.unit_kind, r.seconds, r.visits
      FROM unnest(${rows.map(({ gridId }) => gridId)}::uuid[], ${rows.map(({ kind }) => kind)}::text[],
        ${rows.map(({ seconds }) => seconds)}::float8[], ${rows.map(({ visits }) => visits)}::int4[]) AS r (grid_id, unit_kind, seconds, visits)
      JOIN grids g ON g.id = r.grid_id AND g.station_id = ${stationId}`);
  await transaction.execute(sql`
    DELETE FROM presence_due WHERE station_id = ${stationId} AND hour = ${hour}::timestamptz AND marks = ${marks}`);
}

/** A late track may be older than all that was counted. By the primary key. */
export async function countFrom(transaction: Transaction, stationId: string, hourMs: number): Promise<void> {
  await transaction.execute(sql`
    UPDATE presence_progress SET counted_from = ${iso(hourMs)}::timestamptz
    WHERE station_id = ${stationId} AND counted_from > ${iso(hourMs)}::timestamptz`);
}

/**
 * Presence of every grid of the station in the hours from ≤ hour < to, of these kinds, but not in these hours. By the
 * primary key of presence.
 */
export async function sumPresence(
  transaction: Transaction,
  stationId: string,
  { fromMs, toMs, kinds }: { fromMs: number; toMs: number; kinds: readonly UnitKind[] },
  withoutHours: readonly number[],
): Promise<{ gridId: string; seconds: number; visits: number }[]> {
  return transaction.query(sql`
    SELECT g.id AS "gridId", coalesce(p.seconds, 0) AS seconds, coalesce(p.visits, 0)::integer AS visits
    FROM grids g
    LEFT JOIN (
      SELECT grid_id, sum(seconds) AS seconds, sum(visits) AS visits FROM presence
      WHERE station_id = ${stationId} AND hour >= ${iso(fromMs)}::timestamptz AND hour < ${iso(toMs)}::timestamptz
        AND unit_kind = ANY(${kinds}::text[]) AND NOT hour = ANY(${withoutHours.map(iso)}::timestamptz[])
      GROUP BY grid_id
    ) AS p ON p.grid_id = g.id
    WHERE g.station_id = ${stationId} ORDER BY length(g.number), g.number`);
}

/** Which of the hours from ≤ hour < to are to be computed? By the primary key. */
export async function findDueHours(
  transaction: Transaction,
  stationId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<number[]> {
  const rows = await transaction.query<{ hourMs: number }>(sql`
    SELECT (extract(epoch FROM hour) * 1000)::float8 AS "hourMs" FROM presence_due
    WHERE station_id = ${stationId} AND hour >= ${iso(fromMs)}::timestamptz AND hour < ${iso(toMs)}::timestamptz ORDER BY hour`);
  return rows.map(({ hourMs }) => hourMs);
}

/** How many of these hours are to be computed still? By the primary key. */
export async function countDueHours(
  transaction: Transaction,
  stationId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM presence_due
    WHERE station_id = ${stationId} AND hour >= ${iso(fromMs)}::timestamptz AND hour < ${iso(toMs)}::timestamptz`);
  return row!.count;
}
