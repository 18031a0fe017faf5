import pg from 'pg';
import { isDatabaseGone } from '../errors.ts';
import { openWith } from './opening-query.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import type { Statement } from './sql.ts';

export type Engine = 'embedded' | 'postgis';

/** Statements inside one scoped transaction. */
export interface Transaction {
  /** Rows of one statement; `int8` comes as number, `timestamptz` as Date. */
  query<Row extends object = Record<string, unknown>>(statement: Statement): Promise<Row[]>;
  /** Rows touched by one statement. */
  execute(statement: Statement): Promise<number>;
}

/**
 * The one way to the database. There is no query outside a transaction, because on the embedded engine all connections
 * are one session and anything set outside a transaction would be everybody's.
 */
export interface Database {
  readonly engine: Engine;
  /**
   * Runs `work` as the app role, seeing only rows of `stationIds` (row-level security); an empty list sees public tables only.
   * Rolls back when `work` throws.
   */
  inScope<T>(stationIds: readonly string[], work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * `inScope` for work of one statement with parameters: on PostGIS the whole transaction is one round trip.
   * @throws {TypeError} when `work` sends a second one, which would stand outside
   */
  askInScope<T>(stationIds: readonly string[], work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Runs `work` as the owner of the schema, for migrations and start checks; never with what a client sent. */
  asOwner<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Connections of the pool now, and requests that wait for one. */
  connections(): { idle: number; busy: number; waiting: number };
  /** Gives the space of a table's dead rows to its new ones; no transaction may be around that. */
  vacuum(table: { schema: string; name: string }): Promise<void>;
  close(): Promise<void>;
}

// int8 within 2^53: counts and OSM ids; a number in JSON and in code.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, parseTimestamp);

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => uuidPattern.test(text);

export interface PoolOptions {
  engine: Engine;
  /** Unix socket directory of the embedded engine, or a PostgreSQL URL. */
  target: { socketDir: string } | { url: string };
  /** 8 for the server, 4 for commands: the embedded socket takes 32 in all. */
  maxConnections: number;
  applicationName?: string;
  /** A statement without an answer for so long fails, and its connection with it; none: statements may take as long as they like. */
  queryTimeoutMs?: number;
}

/** What begins a scoped transaction. SET takes no bound parameter; the ids are UUIDs by the check. */
function scopeOf(stationIds: readonly string[]): string[] {
  for (const id of stationIds) if (!isUuid(id)) throw new TypeError(`station id ${JSON.stringify(id)} is not a UUID`);
  return ['BEGIN', 'SET LOCAL ROLE shaodian_app', `SET LOCAL shaodian.stations = '{${stationIds.join(',')}}'`];
}

/** Whether it surely is one command, as what has parameters must be; a migration is many. */
const isOneCommand = ({ text, values }: Statement): boolean => values.length > 0 || !text.includes(';');

/** Opens a pool; connects with the first query. */
export function openPool(options: PoolOptions): Database {
  const pool = new pg.Pool({
    ...('url' in options.target
      ? { connectionString: options.target.url }
      : { host: options.target.socketDir, port: 5432, user: 'postgres', database: 'postgres' }),
    max: options.maxConnections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: options.applicationName ?? 'shaodian',
    // A host that vanishes without a word would else hold its connections, and what waits on them, for ever.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.queryTimeoutMs && { query_timeout: options.queryTimeoutMs }),
  });
  // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});

  async function inTransaction<T>(
    opening: readonly string[],
    work: (transaction: Transaction) => Promise<T>,
    isOneStatement = false,
  ): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    // A connection that dies between two statements emits on the client.
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    /** The first statement that was sent; with the opening before it on PostGIS. */
    let begun: Promise<unknown> | undefined;
    let isCommitted = false;
    let sent = 0;
    async function send(statement: Statement): Promise<pg.QueryResult> {
      if (++sent > 1 && isOneStatement) throw new TypeError('a second statement in a transaction of one');
      if (!begun && isOneStatement) {
        const answered = openWith(client, opening, statement, ['COMMIT']);
        begun = answered;
        const answer = await answered;
        isCommitted = true;
        return answer;
      }
      if (!begun && !isOneCommand(statement)) begun = client.query(opening.join('; '));
      if (!begun) return (begun = openWith(client, opening, statement)) as Promise<pg.QueryResult>;
      // Behind a first one that failed there may be no transaction, and so neither role nor scope.
      await begun;
      return client.query(statement.text, statement.values as unknown[]);
    }
    try {
      if (options.engine === 'embedded') await (begun = client.query(opening.join('; ')));
      const result = await work({
        query: async (statement) => (await send(statement)).rows,
        execute: async (statement) => (await send(statement)).rowCount ?? 0,
      });
      if (begun && !isCommitted) await client.query('COMMIT');
      return result;
    } catch (error) {
      // After an error in a parameterised statement the embedded socket sends one ReadyForQuery too many, and the next
      // statement of that connection reads the wrong answer: drop it. Its end rolls the transaction back.
      // So is one whose database is gone: a ROLLBACK would wait behind the lost statement.
      if (options.engine === 'embedded' || isDatabaseGone(error)) broken = error as Error;
      else if (begun && !isCommitted)
        await client.query('ROLLBACK').catch((rollbackError: Error) => (broken = rollbackError));
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  return {
    engine: options.engine,
    inScope: async (stationIds, work) => inTransaction(scopeOf(stationIds), work),
    askInScope: async (stationIds, work) => inTransaction(scopeOf(stationIds), work, true),
    asOwner: (work) => inTransaction(['BEGIN'], work),
    async vacuum({ schema, name }) {
      await pool.query(`VACUUM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`);
    },
    connections: () => ({
      idle: pool.idleCount,
      busy: pool.totalCount - pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}
