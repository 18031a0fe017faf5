import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';

/** A new station of its own, so that a test sees nothing of another's rows. */
export async function makeStation(
  database: Database,
  more: { timeZone?: string; parentId?: string; name?: string } = {},
): Promise<string> {
  const id = uuidv7();
  await database.inScope([id], (transaction) =>
    transaction.execute(
      sql`INSERT INTO stations (id, parent_id, name, time_zone) VALUES (${id}, ${more.parentId ?? null}, ${more.name ?? `station ${id}`}, ${more.timeZone ?? 'Asia/Shanghai'})`,
    ),
  );
  return id;
}
