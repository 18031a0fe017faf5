import type { Transaction } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';

/** A table as the catalog has it; partitions are part of their table. */
export interface TableShape {
  name: string;
  isPartitioned: boolean;
  hasRowSecurity: boolean;
  columns: { name: string; type: string }[];
  /** Of the primary key, in its order; empty: none. */
  key: string[];
  /** Tables that its foreign keys point to. */
  parents: string[];
  /** Of the table and its partitions, for the progress bar. */
  bytes: number;
}

/** A statement put together from names of the catalog, which are quoted here; no value is ever part of it. */
const built = (text: string, values: readonly unknown[] = []): Statement => ({ text, values });

export const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;

/** Same text on every engine, every row, and rows of imports that are not published. LOCAL: until the transaction ends. */
const exactText =
  "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL search_path = public, pg_temp; SET LOCAL shaodian.backup = 'on'; SET LOCAL shaodian.staging = 'on'";

/** For the transactions of a backup. */
export async function beginReading(transaction: Transaction): Promise<void> {
  await transaction.execute(built(`${exactText}; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`));
}

/** For the one transaction of a restore. */
export async function beginWriting(transaction: Transaction): Promise<void> {
  await transaction.execute(built(`${exactText}; SET LOCAL shaodian.look_up = 'on'`));
}

/** Which tables are there, in the order of their names? Those of extensions are not ours. Reads the catalog only. */
export function findTables(transaction: Transaction): Promise<TableShape[]> {
  return transaction.query<TableShape>(sql`
    SELECT c.relname AS name, c.relkind = 'p' AS "isPartitioned", c.relrowsecurity AS "hasRowSecurity",
      (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      coalesce((SELECT json_agg(a.attname ORDER BY k.place)
        FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, place), pg_attribute a
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum), '[]') AS key,
      coalesce((SELECT json_agg(DISTINCT p.relname) FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
        WHERE f.conrelid = c.oid AND f.contype = 'f'), '[]') AS parents,
      (SELECT coalesce(sum(pg_table_size(t.relid)), 0) FROM pg_partition_tree(c.oid) t WHERE t.isleaf)::bigint
        + CASE WHEN c.relkind = 'r' THEN pg_table_size(c.oid) ELSE 0 END AS bytes
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname`);
}

/** Tables whose rows the owner would not all see: no superuser, and no policy for backups. Empty when all is well. */
export async function findHiddenTables(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.query<{ name: string }>(sql`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relrowsecurity
      AND NOT EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR r.rolbypassrls))
      AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'backup')
    ORDER BY c.relname`);
  return rows.map(({ name }) => name);
}

export function findPartitions(transaction: Transaction): Promise<{ name: string; parent: string; bound: string }[]> {
  return transaction.query(sql`
    SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relnamespace = 'public'::regnamespace AND c.relispartition AND c.relkind = 'r'
    ORDER BY c.relname`);
}

export async function findSequences(
  transaction: Transaction,
): Promise<{ name: string; lastValue: string; isCalled: boolean }[]> {
  const names = await transaction.query<{ name: string }>(sql`
    SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' ORDER BY c.relname`);
  const found = [];
  for (const { name } of names) {
    const [row] = await transaction.query<{ lastValue: string; isCalled: boolean }>(
      built(`SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM ${quoted(name)}`),
    );
    if (row) found.push({ name, ...row });
  }
  return found;
}

export function findMigrations(transaction: Transaction): Promise<{ name: string; checksum: string }[]> {
  return transaction.query(sql`SELECT name, checksum FROM schema_migrations ORDER BY name`);
}

export async function findInstallationId(transaction: Transaction): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(sql`SELECT id FROM installation`);
  return row!.id;
}

const rowText = (table: TableShape): string =>
  `json_build_array(${table.columns.map(({ name }) => `${quoted(name)}::text`).join(', ')})::text`;

/** All rows of a table by a cursor of the transaction, some at a time; each row is its line of the file. */
export async function* readRows(transaction: Transaction, table: TableShape): AsyncGenerator<string[]> {
  const order = table.key.length > 0 && !table.isPartitioned ? ` ORDER BY ${table.key.map(quoted).join(', ')}` : '';
  await transaction.execute(
    built(
      `DECLARE backup_rows NO SCROLL CURSOR FOR SELECT ${rowText(table)} AS line FROM ${quoted(table.name)}${order}`,
    ),
  );
  for (;;) {
    const rows = await transaction.query<{ line: string }>(built('FETCH 1000 FROM backup_rows'));
    if (rows.length === 0) break;
    yield rows.map(({ line }) => line);
  }
  await transaction.execute(built('CLOSE backup_rows'));
}

/**
 * Rows that follow `after` in the order of the primary key, of the table itself or of one partition. By the primary key.
 * @param after the key of the last row that was read, as text; undefined: from the first
 */
export function readRowsAfter(
  transaction: Transaction,
  table: TableShape,
  from: string,
  after: readonly string[] | undefined,
  limit: number,
): Promise<{ line: string; key: string[] }[]> {
  const key = table.key.map(quoted).join(', ');
  const typeOf = new Map(table.columns.map(({ name, type }) => [name, type]));
  const bounds = table.key.map((name, index) => `$${index + 1}::text::${typeOf.get(name)}`).join(', ');
  return transaction.query(
    built(
      `SELECT ${rowText(table)} AS line, ARRAY[${table.key.map((name) => `${quoted(name)}::text`).join(', ')}] AS key
       FROM ${quoted(from)} ${after ? `WHERE (${key}) > (${bounds})` : ''} ORDER BY ${key} LIMIT ${limit}`,
      after ?? [],
    ),
  );
}

/** Writes rows as the file has them. @param lines each a JSON array of texts and nulls, one per column */
export async function insertRows(
  transaction: Transaction,
  table: TableShape,
  lines: readonly string[],
): Promise<number> {
  const values = table.columns.map(({ type }, index) => `(r ->> ${index})::${type}`).join(', ');
  return transaction.execute(
    built(
      `INSERT INTO ${quoted(table.name)} (${table.columns.map(({ name }) => quoted(name)).join(', ')}) OVERRIDING SYSTEM VALUE
       SELECT ${values} FROM json_array_elements($1::json) WITH ORDINALITY AS e(r, place) ORDER BY place`,
      [`[${lines.join(',')}]`],
    ),
  );
}

export async function makePartition(
  transaction: Transaction,
  { name, parent, bound }: { name: string; parent: string; bound: string },
): Promise<void> {
  await transaction.execute(
    built(`CREATE TABLE IF NOT EXISTS ${quoted(name)} PARTITION OF ${quoted(parent)} ${bound};
      ALTER TABLE ${quoted(name)} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${quoted(name)} FORCE ROW LEVEL SECURITY`),
  );
}

export async function setSequence(
  transaction: Transaction,
  { name, lastValue, isCalled }: { name: string; lastValue: string; isCalled: boolean },
): Promise<void> {
  await transaction.query(sql`SELECT setval(${quoted(name)}::regclass, ${lastValue}::bigint, ${isCalled})`);
}

/** What is in the database that a restore would write to? `tables` 0: nothing at all. */
export async function findContents(
  transaction: Transaction,
): Promise<{ tables: number; isInstallation: boolean; stations: number; otherConnections: number }> {
  const [row] = await transaction.query<{ tables: number; isInstallation: boolean; otherConnections: number }>(sql`
    SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')) AS tables,
      to_regclass('public.schema_migrations') IS NOT NULL AS "isInstallation",
      (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shaodian' AND pid <> pg_backend_pid()) AS "otherConnections"`);
  const hasStations = await transaction.query<{ is: boolean }>(
    sql`SELECT to_regclass('public.stations') IS NOT NULL AS is`,
  );
  const stations = hasStations[0]?.is
    ? await transaction.query<{ count: number }>(sql`SELECT count(*) AS count FROM (SELECT 1 FROM stations LIMIT 1) s`)
    : [];
  return { ...row!, stations: stations[0]?.count ?? 0 };
}

/** Removes every table and routine of the schema that no extension brought, the role and the extensions stay. */
export async function dropEverything(transaction: Transaction): Promise<void> {
  await transaction.execute(
    built(`
    DO $$
    DECLARE ours record;
    BEGIN
      FOR ours IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', ours.name);
      END LOOP;
      FOR ours IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
      LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', ours.name);
      END LOOP;
    END $$`),
  );
}

/** What checks rows while they are written; taken away for the time of loading, because rows come in no order. */
export interface LoadingGuards {
  foreignKeys: { table: string; name: string; definition: string }[];
  triggers: { table: string; name: string; state: string }[];
}

/** Takes foreign keys and triggers away, and the rows that migrations made. `restoreGuards` brings them back. */
export async function liftGuards(transaction: Transaction, tables: readonly TableShape[]): Promise<LoadingGuards> {
  const foreignKeys = await transaction.query<LoadingGuards['foreignKeys'][number]>(sql`
    SELECT c.relname AS table, f.conname AS name, pg_get_constraintdef(f.oid) AS definition
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
    WHERE f.contype = 'f' AND c.relnamespace = 'public'::regnamespace AND f.conparentid = 0 ORDER BY c.relname, f.conname`);
  const triggers = await transaction.query<LoadingGuards['triggers'][number]>(sql`
    SELECT c.relname AS table, t.tgname AS name, t.tgenabled AS state FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND t.tgparentid = 0 ORDER BY c.relname, t.tgname`);
  for (const { table, name } of foreignKeys)
    await transaction.execute(built(`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoted(name)}`));
  for (const { table, name } of triggers)
    await transaction.execute(built(`ALTER TABLE ${quoted(table)} DISABLE TRIGGER ${quoted(name)}`));
  for (const { name } of tables) await transaction.execute(built(`DELETE FROM ${quoted(name)}`));
  return { foreignKeys, triggers };
}

const enableAs: Record<string, string> = { O: 'ENABLE', A: 'ENABLE ALWAYS', R: 'ENABLE REPLICA', D: 'DISABLE' };

/** Foreign keys are checked against all rows as they come back. */
export async function restoreGuards(transaction: Transaction, { foreignKeys, triggers }: LoadingGuards): Promise<void> {
  for (const { table, name, definition } of foreignKeys)
    await transaction.execute(built(`ALTER TABLE ${quoted(table)} ADD CONSTRAINT ${quoted(name)} ${definition}`));
  for (const { table, name, state } of triggers)
    await transaction.execute(built(`ALTER TABLE ${quoted(table)} ${enableAs[state]} TRIGGER ${quoted(name)}`));
}

/** Tells the planner what a table holds now. */
export async function analyzeTable(transaction: Transaction, name: string): Promise<void> {
  await transaction.execute(built(`ANALYZE ${quoted(name)}`));
}
