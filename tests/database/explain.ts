import type { Database, Transaction } from '../../api/database/database.ts';

/** The plan of the statement that `ask` sends, as the app role in this scope: the real query, not a copy of it. */
export async function explain(
  database: Database,
  stationIds: readonly string[],
  ask: (transaction: Transaction) => Promise<unknown>,
): Promise<string> {
  let plan = '';
  await database.inScope(stationIds, (transaction) =>
    ask({
      ...transaction,
      async query({ text, values }) {
        const rows = await transaction.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values });
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return [];
      },
    }),
  );
  return plan;
}
