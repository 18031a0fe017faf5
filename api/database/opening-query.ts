import pg from 'pg';
import type { Statement } from './sql.ts';

/** What `pg.Query` calls on its connection (node_modules/pg/lib/query.js), of which @types/pg tells another story. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  parse(statement: { text: string }): void;
  bind(values: object): void;
  execute(portal?: object): void;
  sync(): void;
}

interface DriverQuery {
  callback: ((error: Error | null, result: pg.QueryResult) => void) | undefined;
  prepare(wire: Wire): void;
  _getRows(wire: Wire): void;
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
  readonly #closing: readonly string[];
  /** Of which command the next answer is: below 0 of the opening, 0 of the statement. */
  #answered: number;

  constructor(opening: readonly string[], { text, values }: Statement, closing: readonly string[]) {
    super({ text, values });
    this.#opening = opening;
    this.#closing = closing;
    this.#answered = -opening.length;
  }

  submit(wire: Wire): null {
    wire.stream.cork();
    try {
      for (const text of this.#opening) send(wire, text);
      this.prepare(wire);
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  /** Ends `prepare`: asks for all rows. */
  override _getRows(wire: Wire): void {
    wire.execute();
    for (const text of this.#closing) send(wire, text);
    wire.sync();
  }

  override handleCommandComplete(message: { text: string }, wire: Wire): void {
    if (this.#answered++ === 0) super.handleCommandComplete(message, wire);
  }
}

/** A command of which nothing but its success is awaited. */
function send(wire: Wire, text: string): void {
  wire.parse({ text });
  wire.bind({});
  wire.execute();
}

/**
 * Sends a statement behind those that open its transaction.
 * @param closing what ends the transaction with it: the answer comes when all is done
 */
export const openWith = (
  client: pg.PoolClient,
  opening: readonly string[],
  statement: Statement,
  closing: readonly string[] = [],
): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const query = new OpeningQuery(opening, statement, closing);
    query.callback = (error, result) => (error ? reject(error) : resolve(result));
    client.query(query as unknown as pg.Submittable);
  });
