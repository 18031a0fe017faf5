import { rmSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { claimImport } from '../imports/claim-import.ts';
import { dropRepeats } from '../imports/drop-repeats.ts';
import type { ImportOutcome, ImportRequest } from '../imports/import-request.ts';
import { mapColumns, requireFields } from '../imports/map-columns.ts';
import type { Reject } from '../imports/source-row.ts';
import {
  findKnownDevices,
  findKnownUnits,
  findUsedTokens,
  findNextUnitNumber,
  replaceEquipment,
  raiseNextUnitNumber,
  upsertDevices,
  upsertUnits,
  type DeviceBody,
  type KnownDevice,
  type KnownUnit,
  type UnitBody,
} from './import-queries.ts';
import { hashToken, makeToken, writeTokens } from './make-token.ts';
import { readUnit, unitFields, type ReadUnit } from './read-unit.ts';

/** What the station has before the import. */
interface Known {
  units: KnownUnit[];
  devices: KnownDevice[];
  usedTokens: Set<string>;
}

/** What becomes of one unit of the file. */
interface UnitPlan {
  unit: UnitBody | null;
  equipment: { unitId: string; kind: string; quantity: number }[] | null;
  device: DeviceBody | null;
  madeToken: { callSign: string; device: string; token: string } | null;
  unitId: string;
  isNew: boolean;
}

/**
 * Units of a file by their call sign, with a device each, published together. A device without a credential gets one,
 * which is written to a file that only the operator can read. Units that the file does not name stay.
 */
export async function importUnits(request: ImportRequest): Promise<ImportOutcome> {
  const { database, stationId, fileName, secretsDir, onProgress } = request;
  const { units, rejects } = readUnits(request);
  const counts = { added: 0, changed: 0, unchanged: 0 };
  const notes: string[] = [];
  if (units.length === 0) return { ...counts, rejects, notes };
  await claimImport(database, { stationId, noun: 'units', fileName }, async (running) => {
    const { known, next } = await database.inScope([stationId], async (transaction) => ({
      known: {
        units: await findKnownUnits(transaction, stationId),
        devices: await findKnownDevices(transaction, stationId),
        usedTokens: new Set(
          await findUsedTokens(
            transaction,
            units.flatMap(({ token }) => (token ? hashToken(token) : [])),
          ),
        ),
      } satisfies Known,
      next: await findNextUnitNumber(transaction, stationId),
    }));
    const fitting = units.filter((unit) => {
      const problem = findClash(unit, known);
      if (problem) rejects.push(problem);
      return !problem;
    });
    const takeNumber = createNumbers(next, known.units, fitting);
    const plans = fitting.map((unit) => planUnit(unit, known, takeNumber));
    for (const { unit, equipment, device, isNew } of plans)
      counts[isNew ? 'added' : unit || equipment || device ? 'changed' : 'unchanged']++;
    onProgress(1, 1);
    if (counts.added + counts.changed === 0) return;
    const made = plans.flatMap(({ madeToken }) => madeToken ?? []);
    // Before they become valid: a credential that nobody knows is of no use.
    const path = made.length > 0 ? writeTokens(secretsDir, made) : undefined;
    try {
      await running.publish(async (transaction) => {
        const numbers = plans.flatMap(({ unit, isNew }) => (isNew && unit ? unit.number : []));
        if (numbers.length > 0) await raiseNextUnitNumber(transaction, stationId, Math.max(...numbers) + 1);
        await upsertUnits(
          transaction,
          stationId,
          plans.flatMap(({ unit }) => unit ?? []),
        );
        const equipped = plans.filter(({ equipment }) => equipment !== null);
        await replaceEquipment(
          transaction,
          stationId,
          equipped.map(({ unitId }) => unitId),
          equipped.flatMap(({ equipment }) => equipment ?? []),
        );
        await upsertDevices(
          transaction,
          stationId,
          plans.flatMap(({ device }) => device ?? []),
        );
      });
    } catch (error) {
      if (path) rmSync(path, { force: true });
      throw error;
    }
    if (path)
      notes.push(
        `${made.length} devices got a credential, kept in ${path} alone (readable by you only): hand them out, then delete it.`,
      );
  });
  return { ...counts, rejects, notes };
}

function readUnits({ source, columnsTold }: ImportRequest) {
  const map = mapColumns(source.columns, unitFields, columnsTold);
  requireFields(source.columns, map, unitFields, ['call_sign', 'kind']);
  const rejects = [...source.rejects];
  const read: ReadUnit[] = [];
  for (const row of source.rows) {
    const unit = readUnit(row, map);
    if (Array.isArray(unit)) rejects.push(...unit);
    else read.push(unit);
  }
  const signs = dropRepeats(read, 'call_sign', ({ callSign }) => callSign);
  const numbers = dropRepeats(signs.kept, 'number', ({ number }) => number?.toString() ?? null);
  const devices = dropRepeats(numbers.kept, 'device', ({ device }) => device);
  const tokens = dropRepeats(devices.kept, 'token', ({ token }) => token);
  // Never the token itself: reports are kept and passed on.
  const hidden = tokens.rejects.map((reject) => ({ ...reject, got: 'a token that stands twice' }));
  return {
    units: tokens.kept,
    rejects: [...rejects, ...signs.rejects, ...numbers.rejects, ...devices.rejects, ...hidden],
  };
}

/** What in the station stands against this unit; undefined: nothing. */
function findClash(unit: ReadUnit, known: Known): Reject | undefined {
  const { line, number, token, device, callSign } = unit;
  const same = known.units.find((other) => other.callSign === callSign);
  if (number !== null && same && same.number !== number)
    return { line, field: 'number', got: String(number), expected: `${same.number}, which ${callSign} has for ever` };
  const owner = number === null ? undefined : known.units.find((other) => other.number === number);
  if (owner && owner !== same)
    return { line, field: 'number', got: String(number), expected: `one of its own; ${owner.callSign} has it` };
  const hash = token && hashToken(token);
  if (hash && known.usedTokens.has(hash) && known.devices.find(({ name }) => name === device)?.tokenHash !== hash)
    return { line, field: 'token', got: 'a token that is in use', expected: 'one of its own' };
  return undefined;
}

/** Numbers for units that name none, from the station's next on, past those that the file names. */
function createNumbers(next: number, known: readonly KnownUnit[], units: readonly ReadUnit[]): () => number {
  const taken = new Set([...known, ...units].map(({ number }) => number));
  let candidate = next;
  return () => {
    while (taken.has(candidate)) candidate++;
    return candidate++;
  };
}

function planUnit(read: ReadUnit, known: Known, takeNumber: () => number): UnitPlan {
  const { callSign, kind } = read;
  const before = known.units.find((unit) => unit.callSign === callSign);
  const unit: UnitBody = {
    id: before?.id ?? uuidv7(),
    number: before?.number ?? read.number ?? takeNumber(),
    callSign,
    kind,
    dutyState: read.dutyState ?? before?.dutyState ?? 'on',
  };
  const differs = !before || before.kind !== unit.kind || before.dutyState !== unit.dutyState;
  const list = (equipment: KnownUnit['equipment']) =>
    equipment
      .map(({ kind, quantity }) => `${kind}:${quantity}`)
      .sort()
      .join(';');
  const equipmentDiffers = read.equipment !== null && list(read.equipment) !== list(before?.equipment ?? []);
  return {
    unitId: unit.id,
    isNew: !before,
    unit: differs ? unit : null,
    equipment:
      equipmentDiffers && read.equipment ? read.equipment.map((piece) => ({ ...piece, unitId: unit.id })) : null,
    ...planDevice(read, unit.id, known.devices),
  };
}

function planDevice(
  { device, token, callSign }: ReadUnit,
  unitId: string,
  devices: readonly KnownDevice[],
): Pick<UnitPlan, 'device' | 'madeToken'> {
  if (device === null) return { device: null, madeToken: null };
  const before = devices.find(({ name }) => name === device);
  const made = token === null && !before?.tokenHash ? makeToken() : null;
  const tokenHash = before?.tokenHash && token === null ? before.tokenHash : hashToken(token ?? made ?? '');
  const isSame = before?.unitId === unitId && before.tokenHash === tokenHash;
  return {
    device: isSame ? null : { id: before?.id ?? uuidv7(), name: device, unitId, tokenHash },
    madeToken: made === null ? null : { callSign, device, token: made },
  };
}
