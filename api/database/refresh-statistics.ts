import type { Database } from './database.ts';
import { sql } from './sql.ts';

/** What imports and the demo fill. */
const analyzeEach = [
  sql`ANALYZE incidents`,
  sql`ANALYZE basemap_features`,
  sql`ANALYZE street_nodes`,
  sql`ANALYZE street_edges`,
  sql`ANALYZE sentinels`,
  sql`ANALYZE members`,
  sql`ANALYZE grids`,
  sql`ANALYZE units`,
  sql`ANALYZE devices`,
];

/**
 * Tells the planner what the tables hold now. The embedded engine has no autovacuum, and without statistics it scans
 * what it could look up; PostGIS does this by itself. One short transaction a table.
 */
export async function refreshStatistics(database: Database): Promise<void> {
  if (database.engine !== 'embedded') return;
  for (const analyze of analyzeEach)
    await database.asOwner(async (transaction) => {
      // 3,000 rows of a sample instead of 30,000: a large base map held the engine for a second, everybody's ingest with it.
      await transaction.execute(sql`SET LOCAL default_statistics_target = 10`);
      await transaction.execute(analyze);
    });
}
