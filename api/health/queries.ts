import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';

/** Does the database answer a scoped transaction? Throws when it does not. */
export async function probeDatabase(database: Database): Promise<void> {
  await database.inScope([], (transaction) => transaction.query(sql`SELECT 1`));
}
