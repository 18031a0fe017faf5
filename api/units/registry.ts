import { hash } from 'node:crypto';
import type { Database } from '../database/database.ts';
import type { UnitKind } from '../positions/contract.ts';
import { listStationTree } from '../stations/queries.ts';
import {
  findRegistryDevices,
  findRegistryGateways,
  findRegistryUnits,
  findRevisions,
  type RegistryDeviceRow,
  type RegistryGatewayRow,
} from './registry-queries.ts';

/** A patrol unit as the hot path knows it. Replaced, never changed, when its row changes. */
export interface RegistryUnit {
  readonly unitId: string;
  readonly stationId: string;
  /** Station-local number, the unit's name in live frames. */
  readonly unitNumber: number;
  readonly callSign: string;
  readonly kind: UnitKind;
  readonly dutyState: 'on' | 'off';
  /** When it was on duty in the last days, as `isOnDutyAt` reads it; empty or undefined: since it was made. */
  readonly dutyPeriods?: readonly number[];
}

/** A device that may report. Replaced, never changed, when its row or its unit's row changes. */
export interface RegistryDevice {
  readonly deviceNumber: number;
  readonly stationId: string;
  readonly name: string;
  /** The unit it serves; undefined: none, so that its fixes are nobody's on duty. */
  readonly unit: RegistryUnit | undefined;
}

/** Whose token it is: one device's, which reports for itself alone, or a gateway's for all devices of its station. */
export type Credential =
  | { kind: 'device'; stationId: string; deviceNumber: number; device: RegistryDevice }
  | { kind: 'gateway'; stationId: string; gatewayId: string };

/** A unit that changed: `before` undefined: new; `after` undefined: deleted. */
export interface UnitChange {
  before: RegistryUnit | undefined;
  after: RegistryUnit | undefined;
}

export interface UnitRegistry {
  /** Whose token this is, by its SHA-256; undefined: unknown or revoked. Never asks the database, so a flood of guesses costs a hash each. */
  findCredential(token: string): Credential | undefined;
  /** The device of a station by the name it reports under; undefined: none, or revoked. */
  findDevice(stationId: string, name: string): RegistryDevice | undefined;
  /** Every device of a station by name; empty when it has none. What the hot path looks names up in. */
  devicesOf(stationId: string): ReadonlyMap<string, RegistryDevice>;
  unitOf(device: RegistryDevice): RegistryUnit | undefined;
  findUnit(stationId: string, unitNumber: number): RegistryUnit | undefined;
  listUnits(): RegistryUnit[];
  /** Stations there are, as of the last look. */
  readonly stationIds: readonly string[];
  /** Looks at the revisions now and loads what changed. Throws when the database does not answer; what was known stays. */
  refresh(): Promise<void>;
  /** Calls back for each base-data noun (units, grids, sentinels, incidents) of a station that changed since the last look. */
  onChanged(listener: (stationId: string, noun: string) => void): void;
  /** Calls back for units that are new, changed or gone. */
  onUnitsChanged(listener: (changes: readonly UnitChange[]) => void): void;
  /** Ends the polling. */
  close(): void;
}

interface StationEntry {
  devices: Map<string, RegistryDevice>;
  units: Map<number, RegistryUnit>;
  tokenHashes: string[];
}

interface GracedCredential {
  credential: Credential;
  untilMs: number;
}

/** A credential must be honoured or refused within 2 s of its change; a look costs two light queries. */
const pollEveryMs = 1000;

const noDevices: ReadonlyMap<string, RegistryDevice> = new Map();

export const hashToken = (token: string): string => hash('sha256', token, 'hex');

/**
 * Devices, gateways and units in memory, so that a fix is taken in without asking the database who sent it. Loaded
 * here, kept fresh by polling the revisions that every change of base data raises.
 * @param onError told when a look fails, once per failure; what was known stays in use.
 */
export async function createUnitRegistry(
  database: Database,
  { poll = true, onError = () => {} }: { poll?: boolean; onError?: (error: unknown) => void } = {},
): Promise<UnitRegistry> {
  const stations = new Map<string, StationEntry>();
  const credentials = new Map<string, Credential>();
  /** Tokens that were replaced and hold a while longer. */
  const graced = new Map<string, GracedCredential>();
  const changedListeners: ((stationId: string, noun: string) => void)[] = [];
  const unitListeners: ((changes: readonly UnitChange[]) => void)[] = [];
  let revisions = new Map<string, { stationId: string; noun: string; revision: number }>();
  let stationIds: string[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function look(): Promise<void> {
    const ids = (await listStationTree(database)).map(({ id }) => id);
    const now = new Map(
      (ids.length === 0 ? [] : await database.inScope(ids, (transaction) => findRevisions(transaction, ids))).map(
        (row) => [`${row.stationId} ${row.noun}`, row],
      ),
    );
    const changed = [...now.values()].filter(
      ({ stationId, noun, revision }) => revisions.get(`${stationId} ${noun}`)?.revision !== revision,
    );
    const gone = [...stations.keys()].filter((id) => !ids.includes(id));
    const stale = ids.filter(
      (id) => !stations.has(id) || changed.some(({ stationId, noun }) => stationId === id && noun === 'units'),
    );
    const unitChanges = [...gone.flatMap((id) => replaceStation(id, undefined)), ...(await loadStations(stale))];
    // After the load: had it thrown, the next look would see the same changes again.
    revisions = now;
    stationIds = ids;
    if (unitChanges.length > 0) for (const listener of unitListeners) listener(unitChanges);
    for (const { stationId, noun } of changed) for (const listener of changedListeners) listener(stationId, noun);
  }

  async function loadStations(ids: readonly string[]): Promise<UnitChange[]> {
    if (ids.length === 0) return [];
    const [units, devices, gateways] = await database.inScope(ids, async (transaction) => [
      await findRegistryUnits(transaction, ids),
      await findRegistryDevices(transaction, ids),
      await findRegistryGateways(transaction, ids),
    ]);
    const unitById = new Map(units.map((unit) => [unit.unitId, unit]));
    const entries = new Map(ids.map((id): [string, StationEntry] => [id, emptyEntry()]));
    for (const unit of units) entries.get(unit.stationId)?.units.set(unit.unitNumber, unit);
    const found: { row: RegistryDeviceRow | RegistryGatewayRow; credential: Credential }[] = [];
    for (const row of devices) {
      const { deviceNumber, stationId, name, unitId } = row;
      const device = { deviceNumber, stationId, name, unit: unitId === null ? undefined : unitById.get(unitId) };
      entries.get(stationId)?.devices.set(name, device);
      found.push({ row, credential: { kind: 'device', stationId, deviceNumber, device } });
    }
    for (const row of gateways)
      found.push({ row, credential: { kind: 'gateway', stationId: row.stationId, gatewayId: row.gatewayId } });
    const changes = [...entries].flatMap(([id, entry]) => replaceStation(id, entry));
    for (const { row, credential } of found) {
      const { tokenHash, previousTokenHash, previousUntilMs } = row;
      const { tokenHashes } = entries.get(credential.stationId)!;
      if (tokenHash !== null) {
        credentials.set(tokenHash, credential);
        tokenHashes.push(tokenHash);
      }
      if (previousTokenHash !== null && previousUntilMs !== null) {
        graced.set(previousTokenHash, { credential, untilMs: previousUntilMs });
        tokenHashes.push(previousTokenHash);
      }
    }
    return changes;
  }

  function replaceStation(id: string, entry: StationEntry | undefined): UnitChange[] {
    const old = stations.get(id) ?? emptyEntry();
    for (const tokenHash of old.tokenHashes) {
      credentials.delete(tokenHash);
      graced.delete(tokenHash);
    }
    if (entry) stations.set(id, entry);
    else stations.delete(id);
    const changes: UnitChange[] = [];
    for (const [number, before] of old.units) {
      const after = entry?.units.get(number);
      if (!after || differs(before, after)) changes.push({ before, after });
    }
    for (const [number, after] of entry?.units ?? [])
      if (!old.units.has(number)) changes.push({ before: undefined, after });
    return changes;
  }

  const refresh = (): Promise<void> => (running ??= look().finally(() => (running = undefined)));

  function schedule(): void {
    timer = setTimeout(() => {
      void refresh()
        .catch(onError)
        .finally(() => {
          if (!closed) schedule();
        });
    }, pollEveryMs);
    timer.unref();
  }

  await refresh();
  if (poll) schedule();

  return {
    findCredential(token) {
      const tokenHash = hashToken(token);
      const credential = credentials.get(tokenHash);
      if (credential) return credential;
      const replaced = graced.get(tokenHash);
      return replaced && Date.now() < replaced.untilMs ? replaced.credential : undefined;
    },
    findDevice: (stationId, name) => stations.get(stationId)?.devices.get(name),
    devicesOf: (stationId) => stations.get(stationId)?.devices ?? noDevices,
    unitOf: (device) => device.unit,
    findUnit: (stationId, unitNumber) => stations.get(stationId)?.units.get(unitNumber),
    listUnits: () => [...stations.values()].flatMap(({ units }) => [...units.values()]),
    get stationIds() {
      return stationIds;
    },
    // A look that is under way may have read before the caller's change, so one more follows it.
    refresh: async () => {
      await running?.catch(() => {});
      await refresh();
    },
    onChanged: (listener) => void changedListeners.push(listener),
    onUnitsChanged: (listener) => void unitListeners.push(listener),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

const emptyEntry = (): StationEntry => ({ devices: new Map(), units: new Map(), tokenHashes: [] });

const differs = (before: RegistryUnit, after: RegistryUnit): boolean =>
  before.unitId !== after.unitId ||
  before.kind !== after.kind ||
  before.callSign !== after.callSign ||
  before.dutyState !== after.dutyState;
