import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openPool } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { migrate, readMigrations, type Migration } from '../../api/database/migrate.ts';

const cacheDir = join(import.meta.dirname, '../../.cache');

/**
 * Fills a new data directory with a migrated, empty embedded database: a copy of one that is made once per set of
 * migrations and engine version, because making one takes ten seconds.
 */
export async function copyEmbeddedTemplate(dataDir: string): Promise<void> {
  const migrations = readMigrations();
  const template = join(cacheDir, `embedded-${templateKey(migrations)}`);
  if (!existsSync(template)) await makeTemplate(template, migrations);
  cpSync(template, join(dataDir, 'pgdata'), { recursive: true });
}

function templateKey(migrations: readonly Migration[]): string {
  const enginePackage = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const version = readFileSync(join(enginePackage, '../../package.json'), 'utf8');
  const hash = createHash('sha256').update(version);
  for (const { name, checksum } of migrations) hash.update(name).update(checksum);
  return hash.digest('hex').slice(0, 16);
}

async function makeTemplate(template: string, migrations: readonly Migration[]): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const dataDir = mkdtempSync(join(cacheDir, 't-'));
  const engine = await openEmbedded(dataDir);
  const database = openPool({ engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 1 });
  await migrate(database, migrations);
  await database.close();
  await engine.close();
  try {
    renameSync(join(dataDir, 'pgdata'), template);
  } catch (error) {
    // Another run made it meanwhile.
    if (!existsSync(template)) throw error;
  }
  rmSync(dataDir, { recursive: true, force: true });
}
