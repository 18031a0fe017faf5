import pg from 'pg';
import type { Statement } from './sql.ts';

/** What `pg.Query` calls on its connection (node_modules/pg/lib/query.js), of which @types/pg tells another story. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  parse(statement: { text: string }): void;
  bind(values: object): void;
  execute(portal?: object): void;
}

interface DriverQuery {
  callback: ((error: Error | null, result: pg.QueryResult) => void) | undefined;
  prepare(wire: Wire): void;
  handleCommandComplete(message: { text: string }, wire: Wire): void;
}

const DriverQuery = pg.Query as unknown as new (config: { text: string; values: readonly unknown[] }) => DriverQuery;

/**
 * The first statement of a transaction with what opens it, in one segment and one round trip. Nothing but the end of
 * that segment is a Sync, and PostgreSQL passes over all that follows an error up to there (postgresql.org/docs/current/
 * protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY): the statement never runs where its role and scope were not set.
 */
class OpeningQuery extends DriverQuery {
  readonly #opening: readonly string[];
  #unanswered: number;

  constructor(opening: readonly string[], { text, values }: Statement) {
    super({ text, values });
    this.#opening = opening;
    this.#unanswered = opening.length;
  }

  submit(wire: Wire): null {
    wire.stream.cork();
    try {
      for (const text of this.#opening) {
        wire.parse({ text });
        wire.bind({});
        wire.execute();
      }
      this.prepare(wire);
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  override handleCommandComplete(message: { text: string }, wire: Wire): void {
    if (this.#unanswered > 0) this.#unanswered--;
    else super.handleCommandComplete(message, wire);
  }
}

/** Sends a statement behind those that open its transaction. */
export const openWith = (
  client: pg.PoolClient,
  opening: readonly string[],
  statement: Statement,
): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const query = new OpeningQuery(opening, statement);
    query.callback = (error, result) => (error ? reject(error) : resolve(result));
    client.query(query as unknown as pg.Submittable);
  });
