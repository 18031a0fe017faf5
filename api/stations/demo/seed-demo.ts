import { createHash, randomInt } from 'node:crypto';
import { importExtract } from '../../basemap/import-extract.ts';
import { writeInBatches } from '../../basemap/write-in-batches.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { basemapFeatures, describeExtract, streetWays } from './basemap-features.ts';
import { drawGeofences } from './draw-geofences.ts';
import { drawIncidents, incidentCount } from './draw-incidents.ts';
import { drawTimelines, followIncidents } from './follow-incidents.ts';
import { generateTown } from './generate-town.ts';
import { demoScope, demoStationId } from './ids.ts';
import { drawUnits, unitCount } from './patrol-units.ts';
import {
  completeDemo,
  findDemo,
  findRosterPool,
  insertCrews,
  insertEvents,
  insertGeofences,
  insertGrids,
  insertIncidents,
  insertMembers,
  insertSentinels,
  insertStations,
  insertUnits,
  raiseUnitRevision,
  upsertDevices,
} from './queries.ts';
import { drawRoster } from './roster.ts';
import { drawStationRows } from './station-rows.ts';

/** Fixed: one demo town for all, so that pictures and tests show the same. */
const seed = 1;

export interface DemoCredential {
  device: string;
  token: string;
}

export interface DemoStation {
  stationId: string;
  /** False: it stood there already. */
  isNew: boolean;
  /** For the simulator, and to be printed when they are random. */
  credentials: DemoCredential[];
}

export interface SeedOptions {
  now: Date;
  /** Whether others than this machine can reach the server: then credentials are random, new with each start. */
  demoOnNetwork: boolean;
  /** What is being done, and how much of the whole is (0–1). */
  onProgress?: (step: string, share: number) => void;
}

/**
 * Makes the demo station, or completes one whose making was cut off: all ids are fixed and rows that stand are left
 * alone. On a complete one only the roster is carried on and the credentials are set.
 */
export async function seedDemo(
  database: Database,
  { now, demoOnNetwork, onProgress = () => {} }: SeedOptions,
): Promise<DemoStation> {
  const inStation = <T>(work: (transaction: Transaction) => Promise<T>) => database.inScope(demoScope, work);
  const credentials = drawUnits().map(({ device }) => ({ device, token: demoOnNetwork ? randomToken() : device }));
  const found = await inStation(findDemo);
  const isNew = !found?.isComplete;
  if (isNew) await writeStation(database, found?.begunAt ?? now, onProgress);
  await setCredentials(inStation, credentials);
  await carryRosterOn(inStation, now);
  if (isNew) onProgress('Demo station is ready', 1);
  return { stationId: demoStationId, isNew, credentials };
}

async function writeStation(
  database: Database,
  begunAt: Date,
  onProgress: (step: string, share: number) => void,
): Promise<void> {
  const inStation = <T>(work: (transaction: Transaction) => Promise<T>) => database.inScope(demoScope, work);
  onProgress('Drawing the demo town', 0);
  const town = generateTown(seed);
  const features = [...basemapFeatures(town)];
  const ways = streetWays(town);
  await importExtract(database, describeExtract(features, ways), features, ways, (count) =>
    onProgress('Writing its base map', 0.1 + 0.6 * Math.min(1, count / (features.length + ways.length * 3))),
  );
  onProgress('Writing grids, sentinel points and units', 0.7);
  const rows = drawStationRows(town, seed);
  await inStation((transaction) => insertStations(transaction, begunAt));
  const officers = rows.members.filter(({ sentinelId }) => sentinelId === null);
  const keepers = rows.members.filter(({ sentinelId }) => sentinelId !== null);
  const writeMembers = (members: typeof rows.members) =>
    writeInBatches(members, async (batch) => {
      await inStation((transaction) => insertMembers(transaction, batch));
    });
  await writeMembers(officers);
  await inStation((transaction) => insertGrids(transaction, rows.grids));
  await inStation((transaction) => insertSentinels(transaction, rows.sentinels));
  await writeMembers(keepers);
  await inStation((transaction) => insertUnits(transaction, rows.units));
  await inStation((transaction) => insertGeofences(transaction, drawGeofences(town)));
  let written = 0;
  const endMs = begunAt.getTime();
  const incidents = followIncidents(drawIncidents(town, seed, endMs), rows.sentinels, endMs);
  await writeInBatches(incidents, async (batch) => {
    await inStation((transaction) => insertIncidents(transaction, batch));
    onProgress('Writing three years of incidents', 0.75 + (0.23 * (written += batch.length)) / incidentCount);
  });
  await writeInBatches(drawTimelines(incidents, rows, seed, endMs), (batch) =>
    inStation((transaction) => insertEvents(transaction, batch)),
  );
  await inStation((transaction) => completeDemo(transaction, rows.boundary, incidentCount, unitCount));
}

type InStation = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;

async function setCredentials(inStation: InStation, credentials: readonly DemoCredential[]): Promise<void> {
  const devices = credentials.map(({ device, token }, i) => ({
    name: device,
    unitNumber: i + 1,
    tokenHash: createHash('sha256').update(token).digest(),
  }));
  await inStation((transaction) => upsertDevices(transaction, devices));
}

/** Crews for this week's shifts; a server that starts next month finds units with a crew too. */
async function carryRosterOn(inStation: InStation, now: Date): Promise<void> {
  const pool = await inStation(findRosterPool);
  let made = 0;
  await writeInBatches(drawRoster(drawUnits(), pool, now.getTime()), async (batch) => {
    made += await inStation((transaction) => insertCrews(transaction, batch));
  });
  if (made > 0) await inStation(raiseUnitRevision);
}

/** 20 signs that are read aloud and typed without mistake: 98 bits. */
const randomToken = (): string =>
  Array.from({ length: 20 }, () => 'abcdefghjkmnpqrstuvwxyz23456789'[randomInt(31)]).join('');
