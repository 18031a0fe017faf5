import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../environment.ts';
import type { Database, Transaction } from './database.ts';
import { sql, type Statement } from './sql.ts';

export interface Migration {
  name: string;
  text: string;
  checksum: string;
}

const defaultDir = join(import.meta.dirname, '../../db/migrations');

/** The migrations of a directory in order. @throws {OperatorError} when a name is not NNNN_verb_noun.sql or a number stands twice. */
export function readMigrations(directory = defaultDir): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const seen = new Set<string>();
  return names.map((name) => {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number || seen.has(number))
      throw new OperatorError(`Migration ${name} must have its own number: NNNN_verb_noun.sql.`);
    seen.add(number);
    const text = readFileSync(join(directory, name), 'utf8');
    return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Applies what is not applied yet, each in its own transaction under a row lock (an advisory lock would be everybody's
 * on the embedded engine), so that two servers starting together apply each once.
 * @returns the names applied now.
 * @throws {OperatorError} when an applied migration was edited or is missing here.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
  onApply: (name: string) => void = () => {},
): Promise<string[]> {
  await makeLedger(database);
  const applied: string[] = [];
  for (const migration of migrations) {
    await database.asOwner(async (transaction) => {
      await transaction.query(sql`SELECT 1 FROM schema_lock FOR UPDATE`);
      const done = await transaction.query<{ name: string; checksum: string }>(
        sql`SELECT name, checksum FROM schema_migrations ORDER BY name`,
      );
      checkApplied(done, migrations);
      if (done.some(({ name }) => name === migration.name)) return;
      onApply(migration.name);
      await applyIn(transaction, migration);
      await transaction.execute(
        sql`INSERT INTO schema_migrations (name, checksum) VALUES (${migration.name}, ${migration.checksum})`,
      );
      applied.push(migration.name);
    });
  }
  return applied;
}

function checkApplied(done: readonly { name: string; checksum: string }[], migrations: readonly Migration[]): void {
  for (const { name, checksum } of done) {
    const here = migrations.find((migration) => migration.name === name);
    if (!here)
      throw new OperatorError(
        `The database was made by a newer Shaodian (migration ${name} is not in this one): start that version, or restore a backup made by this one.`,
      );
    if (here.checksum !== checksum)
      throw new OperatorError(
        `Migration ${name} was edited after it was applied: put its text back, and make the change in a new migration.`,
      );
  }
}

/** A whole file of statements: no parameters, so that pg sends it as one simple query. */
const script = (text: string): Statement => ({ text, values: [] });

/** Runs a migration's text, for what keeps its own account of what is applied. */
export async function applyIn(transaction: Transaction, { text }: Migration): Promise<void> {
  await transaction.execute(script(text));
}

/** Makes the tables that say which migrations are applied. */
export async function makeLedgerIn(transaction: Transaction): Promise<void> {
  await transaction.execute(
    script(`
        CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE IF NOT EXISTS schema_lock (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
        INSERT INTO schema_lock DEFAULT VALUES ON CONFLICT DO NOTHING;
      `),
  );
}

async function makeLedger(database: Database): Promise<void> {
  try {
    await database.asOwner(makeLedgerIn);
  } catch (error) {
    // CREATE TABLE IF NOT EXISTS of two sessions at once can fail on pg_type's unique index; the other one has made it.
    if (!['23505', '42P07'].includes((error as { code?: string }).code ?? '')) throw error;
    await database.asOwner(makeLedgerIn);
  }
}
