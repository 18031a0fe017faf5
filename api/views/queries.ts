import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { SavedView } from './contract.ts';

const columns = sql`
  v.id, v.station_id AS "stationId", v.name, v.query, v.account_id IS NULL AS "isShared", v.position, v.is_on_tour AS "isOnTour",
  v.seconds, v.version`;

/** Whose views are looked for: of these stations, the shared ones and this account's. */
export interface ViewScope {
  stationIds: readonly string[];
  accountId: string;
}

/** Which views are there, in their order? By saved_views_station_idx. */
export async function findViews(transaction: Transaction, { stationIds, accountId }: ViewScope): Promise<SavedView[]> {
  return transaction.query<SavedView>(sql`
    SELECT ${columns} FROM saved_views v
    WHERE v.station_id = ANY(${stationIds}::uuid[]) AND (v.account_id IS NULL OR v.account_id = ${accountId})
    ORDER BY v.station_id, v.position, v.id`);
}

/** This view, held until the transaction ends; null: none that this person may see. By the primary key. */
export async function lockView(
  transaction: Transaction,
  { stationIds, accountId }: ViewScope,
  id: string,
): Promise<SavedView | null> {
  const [row] = await transaction.query<SavedView>(sql`
    SELECT ${columns} FROM saved_views v
    WHERE v.id = ${id} AND v.station_id = ANY(${stationIds}::uuid[]) AND (v.account_id IS NULL OR v.account_id = ${accountId})
    FOR UPDATE`);
  return row ?? null;
}

/** How many views has this owner at the station; `accountId` null: the station itself? By saved_views_station_idx. */
export async function countViews(transaction: Transaction, stationId: string, accountId: string | null) {
  const [row] = await transaction.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM saved_views
    WHERE station_id = ${stationId} AND account_id IS NOT DISTINCT FROM ${accountId}::uuid`);
  return row!.count;
}

type WrittenView = Omit<SavedView, 'version' | 'isShared'> & { accountId: string | null };

/** false: the id is taken, by a view that is not this person's to see. */
export async function insertView(transaction: Transaction, view: WrittenView): Promise<boolean> {
  const count = await transaction.execute(sql`
    INSERT INTO saved_views (id, station_id, account_id, name, query, position, is_on_tour, seconds)
    VALUES (${view.id}, ${view.stationId}, ${view.accountId}, ${view.name}, ${view.query}, ${view.position}, ${view.isOnTour}, ${view.seconds})
    ON CONFLICT (id) DO NOTHING`);
  return count === 1;
}

export async function updateView(transaction: Transaction, view: WrittenView): Promise<void> {
  await transaction.execute(sql`
    UPDATE saved_views SET account_id = ${view.accountId}, name = ${view.name}, query = ${view.query}, position = ${view.position},
      is_on_tour = ${view.isOnTour}, seconds = ${view.seconds}
    WHERE id = ${view.id} AND station_id = ${view.stationId}`);
}

export async function deleteView(transaction: Transaction, stationId: string, id: string): Promise<void> {
  await transaction.execute(sql`DELETE FROM saved_views WHERE id = ${id} AND station_id = ${stationId}`);
}
