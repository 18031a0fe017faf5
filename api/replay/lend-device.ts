import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.ts';
import { OperatorError } from '../environment.ts';
import { findStationByName, listStationTree } from '../stations/queries.ts';
import { hashToken, makeToken } from '../units/make-token.ts';
import { closeReplayDevice, findUnitsByCallSign, openReplayDevice } from './queries.ts';

/** A device that a replay reports through, valid until it is given back. */
export interface LentDevice {
  name: string;
  token: string;
  isOnDuty: boolean;
  giveBack(): Promise<void>;
}

/**
 * Makes a temporary credential for the unit with this call sign.
 * @param stationName needed only where several stations have such a unit.
 * @throws {OperatorError} when there is none, or more than one.
 */
export async function lendDevice(database: Database, callSign: string, stationName?: string): Promise<LentDevice> {
  const everyStation = (await listStationTree(database)).map(({ id }) => id);
  const units = await database.inScope(everyStation, async (transaction) => {
    if (stationName === undefined) return findUnitsByCallSign(transaction, everyStation, callSign);
    const station = await findStationByName(transaction, stationName, everyStation);
    if (station === null) throw new OperatorError(`There is no station named ${JSON.stringify(stationName)}.`);
    return findUnitsByCallSign(transaction, [station], callSign);
  });
  const [unit, ...others] = units;
  if (!unit)
    throw new OperatorError(
      `There is no unit with the call sign ${JSON.stringify(callSign)}: import it first, or check --unit.`,
    );
  if (others.length > 0)
    throw new OperatorError(
      `Several stations have a unit ${JSON.stringify(callSign)} (${units.map(({ station }) => station).join(', ')}): say which with --station.`,
    );
  const { stationId, unitId } = unit;
  const name = `replay ${callSign}`;
  const token = makeToken();
  await database.inScope([stationId], (transaction) =>
    openReplayDevice(transaction, { id: uuidv7(), stationId, unitId, name, tokenHash: hashToken(token) }),
  );
  return {
    name,
    token,
    isOnDuty: unit.dutyState === 'on',
    giveBack: () => database.inScope([stationId], (transaction) => closeReplayDevice(transaction, { stationId, name })),
  };
}
