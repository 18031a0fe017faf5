import { inject } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { openPool, type Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';

/** The run's database, migrated; the engine is embedded or PostGIS as the run decides. Close it in afterAll. */
export const openTestDatabase = (): Database => openPool(inject('poolOptions'));

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
