import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';

// Rows that tests put into a station of their own.

/** A square grid with its south-west corner at lng, lat; its ring runs clockwise, as files often have it. */
export async function makeGrid(
  database: Database,
  stationId: string,
  {
    number,
    lng,
    lat,
    sideDeg = 0.01,
    officer,
  }: { number: string; lng: number; lat: number; sideDeg?: number; officer?: string },
): Promise<string> {
  const id = uuidv7();
  await database.inScope([stationId], async (transaction) => {
    const officerId = officer === undefined ? null : uuidv7();
    if (officerId)
      await transaction.execute(
        sql`INSERT INTO members (id, station_id, display_name, role) VALUES (${officerId}, ${stationId}, ${officer}, 'officer')`,
      );
    await transaction.execute(sql`
      INSERT INTO grids (id, station_id, number, name, officer_id, area)
      VALUES (${id}, ${stationId}, ${number}, ${`网格${number}`}, ${officerId}, ST_Multi(ST_ForcePolygonCW(
        ST_MakeEnvelope(${lng}::float8, ${lat}::float8, ${lng + sideDeg}::float8, ${lat + sideDeg}::float8, 4326))))`);
  });
  return id;
}

export async function makeSentinel(
  database: Database,
  stationId: string,
  {
    number,
    name,
    lng,
    lat,
    address = null,
  }: { number: string; name: string; lng: number; lat: number; address?: string | null },
): Promise<string> {
  const id = uuidv7();
  await database.inScope([stationId], (transaction) =>
    transaction.execute(sql`
      INSERT INTO sentinels (id, station_id, number, name, kind, address, point, qr_code)
      VALUES (${id}, ${stationId}, ${number}, ${name}, 'compound', ${address}, ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326), ${id})`),
  );
  return id;
}

/** A unit with one device; returns what fixes are keyed by. */
export async function makeUnit(
  database: Database,
  stationId: string,
  {
    number,
    callSign,
    kind = 'foot',
    dutyState = 'on',
  }: { number: number; callSign: string; kind?: string; dutyState?: string },
): Promise<{ id: string; deviceNumber: number }> {
  const id = uuidv7();
  return database.inScope([stationId], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO units (id, station_id, number, call_sign, kind, duty_state)
      VALUES (${id}, ${stationId}, ${number}, ${callSign}, ${kind}, ${dutyState})`);
    const [device] = await transaction.query<{ number: number }>(sql`
      INSERT INTO devices (id, station_id, name, unit_id) VALUES (${uuidv7()}, ${stationId}, ${`device of ${callSign}`}, ${id})
      RETURNING number`);
    return { id, deviceNumber: device!.number };
  });
}

/** Stored fixes of a unit, as ingest leaves them; the newest becomes its latest. */
export async function makeFixes(
  database: Database,
  stationId: string,
  unit: { number: number; deviceNumber: number },
  fixes: readonly { at: string; lng: number; lat: number }[],
): Promise<void> {
  await database.inScope([stationId], async (transaction) => {
    for (const { at, lng, lat } of fixes) {
      await transaction.execute(sql`SELECT make_fix_partition((${at}::timestamptz AT TIME ZONE 'UTC')::date)`);
      await transaction.execute(sql`
        INSERT INTO fixes (device_number, unit_number, observed_at, received_at, station_id, point, speed_mps)
        VALUES (${unit.deviceNumber}, ${unit.number}, ${at}, now(), ${stationId}, ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326), 1.4)`);
      await transaction.execute(sql`
        INSERT INTO latest_fixes (station_id, unit_number, device_number, observed_at, received_at, point, speed_mps)
        VALUES (${stationId}, ${unit.number}, ${unit.deviceNumber}, ${at}, now(), ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326), 1.4)
        ON CONFLICT (station_id, unit_number) DO UPDATE SET observed_at = excluded.observed_at, point = excluded.point
        WHERE excluded.observed_at > latest_fixes.observed_at`);
    }
    await transaction.execute(sql`
      INSERT INTO device_units (station_id, unit_number, device_number) VALUES (${stationId}, ${unit.number}, ${unit.deviceNumber})
      ON CONFLICT DO NOTHING`);
  });
}
