import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles } from '../../api/accounts/contract.ts';
import { createSessions } from '../../api/accounts/sessions.ts';
import type { Database, Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';
import { fillTables, listTenantTables, type TenantTable } from './fill-tables.ts';
import { makeStation, openTestDatabase } from './harness.ts';

let database: Database;
let tables: TenantTable[];
/** A little tree: parent › own › child, and a sibling of own. Every table has a row of each. */
const stations: Record<'parent' | 'own' | 'child' | 'sibling', string> = {
  parent: '',
  own: '',
  child: '',
  sibling: '',
};

beforeAll(async () => {
  database = openTestDatabase();
  stations.parent = await makeStation(database);
  stations.own = await makeStation(database, { parentId: stations.parent });
  stations.child = await makeStation(database, { parentId: stations.own });
  stations.sibling = await makeStation(database, { parentId: stations.parent });
  tables = await database.asOwner(listTenantTables);
  // The rows' times are an hour ahead, which may be tomorrow.
  for (const day of [0, 1])
    await database.inScope([], (transaction) =>
      transaction.execute(sql`SELECT make_fix_partition(current_date + ${day}::integer)`),
    );
  for (const stationId of Object.values(stations))
    await database.inScope([stationId], (transaction) => fillTables(transaction, tables, stationId));
});
afterAll(() => database.close());

/** How many rows of each of the four stations this transaction sees in a table. */
async function count(transaction: Transaction, { name, stationColumn }: TenantTable) {
  const rows = await transaction.query<{ station: string; n: number }>({
    text: `SELECT "${stationColumn}"::text AS station, count(*) AS n FROM "${name}" WHERE "${stationColumn}" = ANY ($1::uuid[]) GROUP BY 1`,
    values: [Object.values(stations)],
  });
  return Object.fromEntries(
    Object.entries(stations).map(([where, id]) => [where, rows.find(({ station }) => station === id)?.n ?? 0]),
  );
}

test('the walk meets every table that has rows of stations', () => {
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['accounts', 'fixes', 'grids', 'incidents', 'members', 'sessions', 'stations', 'units']),
  );
});

test.each(roles)('the role %s sees rows of its own station and of those below, in every table', async (role) => {
  const account = await makeAccount(database, stations.own, role);
  const sessions = await createSessions(database, { isSecure: true, poll: false });
  const cookie = await beginSession(database, sessions.cookieName, account);
  const held = await sessions.find(new Request('http://localhost/', { headers: { Cookie: cookie } }));
  expect([...held!.viewer.stationIds].sort()).toEqual([stations.own, stations.child].sort());
  const seen = await database.inScope(held!.viewer.stationIds, async (transaction) => {
    const counts: [string, object][] = [];
    for (const table of tables) counts.push([table.name, await count(transaction, table)]);
    return counts;
  });
  for (const [table, counts] of seen)
    expect([table, counts]).toEqual([
      table,
      {
        parent: 0,
        own: expect.toSatisfy((n: number) => n > 0),
        child: expect.toSatisfy((n: number) => n > 0),
        sibling: 0,
      },
    ]);
});

test('without a scope no table shows a row', async () => {
  for (const table of await database.inScope([], async (transaction) => {
    const seen: [string, object][] = [];
    for (const tenantTable of tables) seen.push([tenantTable.name, await count(transaction, tenantTable)]);
    return seen;
  }))
    expect(table).toEqual([table[0], { parent: 0, own: 0, child: 0, sibling: 0 }]);
});

test('no table lets a row of another station be changed, deleted or taken over', async () => {
  for (const table of tables) {
    const { name, stationColumn } = table;
    for (const statement of [
      `UPDATE "${name}" SET "${stationColumn}" = "${stationColumn}" WHERE "${stationColumn}" = $1`,
      `DELETE FROM "${name}" WHERE "${stationColumn}" = $1`,
    ]) {
      // Append-only tables refuse the statement altogether, which is as good.
      const touched = await database
        .inScope([stations.own], (transaction) => transaction.execute({ text: statement, values: [stations.sibling] }))
        .catch((error: Error) => (/permission denied|append-only/i.test(error.message) ? 0 : error));
      expect([statement, touched]).toEqual([statement, 0]);
    }
    const taken = await database
      .inScope([stations.own], (transaction) =>
        transaction.execute({
          text: `UPDATE "${name}" SET "${stationColumn}" = $2 WHERE "${stationColumn}" = $1`,
          values: [stations.own, stations.sibling],
        }),
      )
      .then(
        (n) => `moved ${n} rows`,
        (error: Error) => error.message,
      );
    expect([name, taken]).toEqual([
      name,
      expect.stringMatching(
        /row-level security|permission denied|append-only|violates (foreign key|unique)|duplicate key/i,
      ),
    ]);
  }
});
