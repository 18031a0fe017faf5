import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import type { IncidentSource } from '../../api/incidents/contract.ts';

export interface MadeIncident {
  number: number;
  category?: string;
  source?: IncidentSource;
  at?: string;
  lng?: number;
  lat?: number;
  text?: string;
}

/** Incidents of a station as a desk would write them, each with a number of the test's own. @returns their ids */
export async function makeIncidents(
  database: Database,
  stationId: string,
  incidents: readonly MadeIncident[],
): Promise<string[]> {
  const ids = incidents.map(() => uuidv7());
  await database.inScope([stationId], async (transaction) => {
    for (const [index, made] of incidents.entries()) {
      const { number, category = 'theft', source = 'citizen', at = new Date().toISOString() } = made;
      const { lng = 117.93, lat = 29.63, text = null } = made;
      await transaction.execute(sql`
        INSERT INTO incidents (id, station_id, number, category, source, source_id, occurred_at, point, description)
        VALUES (${ids[index]}, ${stationId}, ${number}, ${category}, ${source}, ${`test-${number}`}, ${at}::timestamptz,
          ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326), ${text})`);
    }
  });
  return ids;
}

/** Many incidents within some kilometres and three years, numbered from 1; the same for the same count. */
export async function makeManyIncidents(database: Database, stationId: string, count: number): Promise<void> {
  for (let first = 1; first <= count; first += 20_000)
    await database.inScope([stationId], (transaction) =>
      transaction.execute(sql`
        INSERT INTO incidents (id, station_id, number, category, source, occurred_at, point)
        SELECT gen_random_uuid(), ${stationId}, n, 'category ' || (hashint8extended(n, 1) & 1023) * (hashint8extended(n, 2) & 1023) * 13 / 1048576,
          (ARRAY['citizen', 'citizen', 'citizen', 'patrol', 'sentinel', 'citizen', 'citizen', 'patrol'])[1 + (hashint8extended(n, 3) & 7)],
          '2023-11-22T00:00:00Z'::timestamptz + (n * 94608000::bigint / ${count}::bigint) * interval '1 second',
          ST_SetSRID(ST_MakePoint(117.9 + 0.06 * (hashint8extended(n, 4) & 65535) / 65536.0, 29.6 + 0.05 * (hashint8extended(n, 5) & 65535) / 65536.0), 4326)
        FROM generate_series(${first}::integer, ${Math.min(first + 19_999, count)}::integer) AS n`),
    );
}
