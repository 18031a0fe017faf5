import { OperatorError, type Environment } from '../environment.ts';
import { openPool, type Database, type PoolOptions } from './database.ts';
import { openEmbedded, waitUntilHeldOrFree } from './embedded.ts';
import { migrate } from './migrate.ts';
import { sql } from './sql.ts';

/** An open, migrated database; `close` also ends the embedded engine if this process runs it. */
export interface OpenDatabase {
  database: Database;
  postgisVersion: string;
  /** Rejects when the embedded engine dies on its own. */
  died: Promise<never>;
  close(): Promise<void>;
}

/** 8 connections for the server, 4 for a command: the embedded socket takes 32 in all. */
/** What a pool is opened with besides its target. A server's statements are short, its migrations on a slow machine included. */
type PoolLimits = Pick<PoolOptions, 'maxConnections' | 'queryTimeoutMs'>;
const limits: Record<'server' | 'command', PoolLimits> = {
  server: { maxConnections: 8, queryTimeoutMs: 120_000 },
  command: { maxConnections: 4 },
};

/**
 * Opens the database of a server: PostGIS at DATABASE_URL, else the embedded engine, which this process then holds.
 * @param onStep receives what is being done, for the terminal.
 * @throws {OperatorError} with what the operator can do.
 */
export async function openServerDatabase(
  environment: Environment,
  onStep: (step: string) => void,
): Promise<OpenDatabase> {
  if (environment.databaseUrl) return openPostgis(environment.databaseUrl, limits.server, onStep);
  onStep('opening the embedded database (it survives a killed process, not a power cut)');
  return openHolding(environment.dataDir, limits.server, onStep);
}

/**
 * Opens the database of a command: beside a running server through its socket, else by itself.
 * @throws {OperatorError} with what the operator can do.
 */
export async function openCommandDatabase(environment: Environment): Promise<OpenDatabase> {
  const onStep = () => {};
  if (environment.databaseUrl) return openPostgis(environment.databaseUrl, limits.command, onStep);
  if ((await waitUntilHeldOrFree(environment.dataDir)) === 'free')
    return openHolding(environment.dataDir, limits.command, onStep);
  const database = openPool({
    engine: 'embedded',
    target: { socketDir: environment.dataDir },
    ...limits.command,
  });
  return prepare(database, onStep, async () => {}, new Promise<never>(() => {}));
}

/**
 * Opens the database as it is, for a restore, which makes its own tables. On the embedded engine the directory is held.
 * @throws {OperatorError} when a server or command holds the embedded engine, or PostGIS cannot be used
 */
export async function openUnmigratedDatabase({
  databaseUrl,
  dataDir,
}: Pick<Environment, 'databaseUrl' | 'dataDir'>): Promise<Omit<OpenDatabase, 'postgisVersion'>> {
  if (databaseUrl) {
    const database = await connectPostgis(databaseUrl, limits.command);
    return { database, died: new Promise<never>(() => {}), close: () => database.close() };
  }
  const engine = await openEmbedded(dataDir);
  const database = openPool({ engine: 'embedded', target: { socketDir: engine.socketDir }, ...limits.command });
  return {
    database,
    died: engine.died,
    async close() {
      await database.close().catch(() => {});
      await engine.close();
    },
  };
}

async function openHolding(
  dataDir: string,
  poolLimits: PoolLimits,
  onStep: (step: string) => void,
): Promise<OpenDatabase> {
  const engine = await openEmbedded(dataDir);
  const database = openPool({ engine: 'embedded', target: { socketDir: engine.socketDir }, ...poolLimits });
  return prepare(database, onStep, () => engine.close(), engine.died);
}

async function openPostgis(url: string, poolLimits: PoolLimits, onStep: (step: string) => void): Promise<OpenDatabase> {
  onStep('connecting to PostGIS');
  return prepare(await connectPostgis(url, poolLimits), onStep, async () => {}, new Promise<never>(() => {}));
}

async function connectPostgis(url: string, poolLimits: PoolLimits): Promise<Database> {
  const database = openPool({ engine: 'postgis', target: { url }, ...poolLimits });
  try {
    await checkPostgisAvailable(database);
  } catch (error) {
    await database.close();
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `The database at DATABASE_URL (${withoutPassword(url)}) cannot be used: ${messageOf(error)}. Check that it runs and that user, password and database name are right.`,
    );
  }
  return database;
}

async function checkPostgisAvailable(database: Database): Promise<void> {
  const [row] = await database.asOwner((transaction) =>
    transaction.query<{ available: boolean; version: number }>(
      sql`SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'postgis') AS available, current_setting('server_version_num')::int AS version`,
    ),
  );
  if (!row?.available)
    throw new OperatorError(
      'The database at DATABASE_URL has no PostGIS: install it on that server (Debian: apt-get install postgresql-15-postgis-3) and start again.',
    );
  if (row.version < 150_000)
    throw new OperatorError(
      `The database at DATABASE_URL is PostgreSQL ${Math.floor(row.version / 10_000)}; 15 or newer is needed.`,
    );
}

async function prepare(
  database: Database,
  onStep: (step: string) => void,
  closeEngine: () => Promise<void>,
  died: Promise<never>,
): Promise<OpenDatabase> {
  const close = async () => {
    await database.close().catch(() => {});
    await closeEngine();
  };
  try {
    await migrate(database, undefined, (name) => onStep(`applying ${name}`));
    const [row] = await database.asOwner((transaction) =>
      transaction.query<{ version: string }>(sql`SELECT postgis_lib_version() AS version`),
    );
    return { database, postgisVersion: row?.version ?? 'unknown', died, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.hostname}${parsed.port && `:${parsed.port}`}${parsed.pathname}`;
  } catch {
    return 'not a URL';
  }
}
