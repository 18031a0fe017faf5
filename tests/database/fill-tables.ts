import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { createAudit } from '../../api/audit/audit.ts';
import type { Database, Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';

/** A table whose rows belong to stations, as the catalogue describes it. */
export interface TenantTable {
  name: string;
  /** `station_id`, or `id` of stations themselves. */
  stationColumn: string;
  columns: Column[];
}

interface Column {
  name: string;
  type: string;
  isRequired: boolean;
  /** The table and column it refers to. */
  refersTo: { table: string; column: string } | null;
  /** The first value that a check of the form `column IN (…)` lists. */
  firstAllowed: string | null;
}

/** Every table with row-level security, from the catalogue, partitions left out: they grant nothing. */
export async function listTenantTables(transaction: Transaction): Promise<TenantTable[]> {
  const rows = await transaction.query<Column & { table: string }>(sql`
    SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS "isRequired",
      (SELECT jsonb_build_object('table', f.confrelid::regclass::text, 'column', fa.attname)
        FROM pg_constraint f JOIN pg_attribute fa ON fa.attrelid = f.confrelid AND fa.attnum = f.confkey[array_position(f.conkey, a.attnum)]
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey) LIMIT 1) AS "refersTo",
      (SELECT substring(pg_get_constraintdef(k.oid) FROM '''([^'']*)''::text')
        FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
          AND pg_get_constraintdef(k.oid) ~ 'ANY|= ''' LIMIT 1) AS "firstAllowed"
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND NOT c.relispartition
    ORDER BY c.relname, a.attnum`);
  const tables = new Map<string, TenantTable>();
  for (const { table, ...column } of rows) {
    const known = tables.get(table) ?? { name: table, stationColumn: 'station_id', columns: [] };
    known.columns.push(column);
    tables.set(table, known);
  }
  for (const table of tables.values())
    if (!table.columns.some(({ name }) => name === 'station_id')) table.stationColumn = 'id';
  return [...tables.values()];
}

/** One entry brings its chain's head. */
const writeAuditEntry = (transaction: Transaction, stationId: string): Promise<void> => {
  const noDatabase = {} as Database;
  return createAudit(noDatabase).writeIn(transaction, {
    stationId,
    actor: null,
    action: 'test.done',
    outcome: 'done',
  });
};

/** Tables whose rows the app role may not write as it likes. */
const makers: Readonly<Record<string, (transaction: Transaction, stationId: string) => Promise<void>>> = {
  stations: async () => {},
  audit_entries: writeAuditEntry,
  audit_heads: writeAuditEntry,
};

/**
 * Puts one row of every table into a station, made from the catalogue alone: what is required is filled by type, what
 * refers to a row refers to that station's, and every free text begins with `textPrefix`. So a table that comes later is
 * walked without being named here.
 */
export async function fillTables(
  transaction: Transaction,
  tables: readonly TenantTable[],
  stationId: string,
  textPrefix = 'text',
): Promise<void> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const made = new Map<string, Record<string, unknown>>([['stations', { id: stationId }]]);
  let timesGiven = 0;
  const fill = async (table: TenantTable): Promise<Record<string, unknown>> => {
    const known = made.get(table.name);
    if (known) return known;
    const maker = makers[table.name];
    if (maker) await maker(transaction, stationId);
    else {
      const values = new Map<string, unknown>();
      for (const column of table.columns) {
        if (column.name === table.stationColumn) values.set(column.name, stationId);
        else if (column.isRequired) values.set(column.name, await valueOf(column));
      }
      const columns = [...values.keys()].map(quote).join(', ');
      const places = [...values.keys()].map((_, index) => `$${index + 1}`).join(', ');
      await transaction.execute({
        text: `INSERT INTO ${quote(table.name)} (${columns}) VALUES (${places}) ON CONFLICT DO NOTHING`,
        values: [...values.values()],
      });
    }
    const [row] = await transaction.query({
      text: `SELECT * FROM ${quote(table.name)} WHERE ${quote(table.stationColumn)} = $1 LIMIT 1`,
      values: [stationId],
    });
    if (!row) throw new Error(`no row of ${table.name} could be made`);
    made.set(table.name, row);
    return row;
  };
  const valueOf = async ({ type, refersTo, firstAllowed }: Column): Promise<unknown> => {
    if (refersTo) {
      const target = byName.get(refersTo.table);
      if (!target) throw new Error(`${refersTo.table} is no tenant table: name a maker`);
      return (await fill(target))[refersTo.column];
    }
    if (firstAllowed !== null) return firstAllowed;
    if (type === 'uuid') return uuidv7();
    if (type === 'bytea') return randomBytes(32);
    // Each later than the one before: what ends comes after what begins.
    if (type.startsWith('timestamp')) return new Date(Date.now() + 3_600_000 + 1000 * ++timesGiven).toISOString();
    if (type === 'date') return new Date().toISOString().slice(0, 10);
    if (type === 'json' || type === 'jsonb') return '{}';
    if (type === 'boolean') return false;
    if (type.endsWith('[]')) return '{}';
    if (/^(integer|bigint|smallint|real|double precision|numeric)/.test(type))
      return 1 + (randomBytes(3).readUIntBE(0, 3) % 30_000);
    if (type === 'geometry(Point,4326)') return 'SRID=4326;POINT(118 29)';
    if (type.startsWith('geometry')) return 'SRID=4326;MULTIPOLYGON(((118 29, 118.1 29, 118.1 29.1, 118 29)))';
    return `${textPrefix} ${uuidv7()}`;
  };
  for (const table of tables) await fill(table);
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
