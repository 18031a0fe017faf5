import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { openPool, type Database, type PoolOptions } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';

export interface OwnDatabase {
  database: Database;
  /** For a process that the test starts. */
  poolOptions: PoolOptions;
  /** Closes the database and deletes it. */
  remove(): Promise<void>;
}

/** A migrated, empty database on the run's engine that no other test file sees: for tests of what there is one of. */
export async function openOwnDatabase(): Promise<OwnDatabase> {
  const { target } = inject('poolOptions');
  return 'url' in target ? makeOnCluster(target.url) : makeEmbedded();
}

/** An app that was opened on it may have closed it. */
const closeAnyway = (database: Database): Promise<void> => database.close().catch(() => {});

async function makeEmbedded(): Promise<OwnDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  await copyEmbeddedTemplate(dataDir);
  const engine = await openEmbedded(dataDir);
  const poolOptions: PoolOptions = { engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 4 };
  const database = openPool(poolOptions);
  await migrate(database);
  return {
    database,
    poolOptions,
    async remove() {
      await closeAnyway(database);
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeOnCluster(url: string): Promise<OwnDatabase> {
  const name = `own_${process.pid}_${Date.now()}`;
  // No transaction may be around CREATE DATABASE, so this does not go through the pool.
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const ownUrl = new URL(url);
  ownUrl.pathname = `/${name}`;
  const poolOptions: PoolOptions = { engine: 'postgis', target: { url: ownUrl.href }, maxConnections: 4 };
  const database = openPool(poolOptions);
  await migrate(database);
  return {
    database,
    poolOptions,
    async remove() {
      await closeAnyway(database);
      await run(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
