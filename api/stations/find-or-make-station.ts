import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.ts';
import { OperatorError } from '../environment.ts';
import { findStationByName, insertStation, listStationTree } from './queries.ts';

/**
 * The station of an import, by name; made when there is none.
 * @param timeZone IANA zone for a station that is made.
 * @throws {OperatorError} when the name is empty or the zone is unknown.
 */
export async function findOrMakeStation(
  database: Database,
  name: string,
  { timeZone }: { timeZone: string },
): Promise<{ stationId: string; isNew: boolean }> {
  if (name.trim() === '')
    throw new OperatorError('--station is empty: give the name of a station, for example --station "河湾派出所".');
  if (!isTimeZone(timeZone)) throw new OperatorError(`${timeZone} is not a time zone; one looks like Asia/Shanghai.`);
  const everyStation = (await listStationTree(database)).map(({ id }) => id);
  const found = await database.inScope(everyStation, (transaction) =>
    findStationByName(transaction, name.trim(), everyStation),
  );
  if (found) return { stationId: found, isNew: false };
  const stationId = uuidv7();
  await database.inScope([stationId], (transaction) =>
    insertStation(transaction, { id: stationId, name: name.trim(), timeZone }),
  );
  return { stationId, isNew: true };
}

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
