import type { Database } from './database.ts';
import { sql } from './sql.ts';

/**
 * Makes bounding-box operators usable with row-level security: with a policy on the table the planner ignores a GiST
 * index for operators that are not LEAKPROOF, which PostGIS's are not marked as. Needs a superuser; a dump loses it,
 * so it is checked at every start.
 * @returns what to tell the operator; empty when all is well.
 */
export async function checkEngine(database: Database): Promise<string[]> {
  return database.asOwner(async (transaction) => {
    const [state] = await transaction.query<{ leakproof: boolean; superuser: boolean }>(sql`
      SELECT p.proleakproof AS leakproof, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser
      FROM pg_proc p WHERE p.oid = 'geometry_overlaps(geometry, geometry)'::regprocedure`);
    if (state?.leakproof) return [];
    if (state?.superuser) {
      await transaction.execute(sql`ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF`);
      return [];
    }
    return [
      'Spatial indexes are not used under row-level security: let a superuser run ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF in this database.',
    ];
  });
}
