import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../database/database.ts';
import { markLateHours } from '../presence/mark-late-hours.ts';
import { atOf, offsetOf, type Batch, type FixRef } from './batch.ts';
import type { DeviceTrack } from './device-track.ts';
import { encodeColumn, type ColumnType } from './encode-column.ts';
import * as columns from './fix-values.ts';
import { judgeBatch, type Judgement } from './judge-batch.ts';
import { judgeLate } from './judge-late.ts';
import { reasonOf } from './outcome-codes.ts';
import { dayOf } from './partitions.ts';
import {
  countOffDuty,
  findNeighbours,
  findTrackEnds,
  insertDeviceUnits,
  insertFixes,
  quarantineFixes,
  upsertLatestFixes,
  type FixColumns,
  type QuarantinedFix,
} from './queries.ts';

/** Rows of quarantine a device may fill in a day; a device that sends rubbish all day is known by then. */
const quarantineCap = 200;

/** The database held fixes that memory did not know of: the tracks must be read again. */
export class StaleTracks extends Error {
  override name = 'StaleTracks';
}

/**
 * Judges and stores a batch in one transaction. The outcomes are in the batch's reports when it resolves, which is after
 * the commit. The tracks of its devices are moved on while judging: when this throws, they are not to be believed any more.
 * @param onConflict how a fix that memory took for new and is stored already is met; see `insertFixes`
 * @throws {StaleTracks} when another writer was first, so that the same batch judged again gives the right outcomes.
 */
export function writeBatch(database: Database, batch: Batch, onConflict: 'fail' | 'skip'): Promise<Judgement> {
  const { stationIds } = batch;
  return database.inScope(stationIds, async (transaction) => {
    await loadTracks(transaction, batch);
    const judgement = judgeBatch(batch);
    if (judgement.late.length > 0)
      judgeLate(judgement, await findNeighbours(transaction, stationIds, lateColumns(judgement.late)));
    await writeAccepted(transaction, stationIds, judgement, onConflict);
    await writeRefused(transaction, batch, judgement.quarantined);
    return judgement;
  });
}

async function loadTracks(transaction: Transaction, batch: Batch): Promise<void> {
  const unknown = new Map<number, DeviceTrack>();
  for (const { device, track } of batch.fixes) if (!track.isLoaded) unknown.set(device.deviceNumber, track);
  if (unknown.size === 0) return;
  const ends = await findTrackEnds(transaction, batch.stationIds, [...unknown.keys()]);
  for (const { deviceNumber, atMs, lng, lat, accuracyM, speedMps } of ends)
    Object.assign(unknown.get(deviceNumber)!, {
      atMs,
      lng,
      lat,
      accuracyM: accuracyM ?? NaN,
      speedMps: speedMps ?? NaN,
    });
  for (const track of unknown.values()) track.isLoaded = true;
}

async function writeAccepted(
  transaction: Transaction,
  stationIds: readonly string[],
  { accepted, newest, newlyServed }: Judgement,
  onConflict: 'fail' | 'skip',
): Promise<void> {
  if (accepted.length === 0) return;
  const stored = await insertFixes(transaction, fixColumns(stationIds, accepted), onConflict).catch(
    (error: unknown) => {
      throw isUniqueViolation(error) ? new StaleTracks() : error;
    },
  );
  if (stored !== accepted.length) throw new StaleTracks();
  await markLateHours(transaction, accepted);
  // In one order everywhere, so that two writers never wait for each other in a ring.
  const byUnit = [...newest.values()].sort(
    (a, b) => compareText(a.unit.stationId, b.unit.stationId) || a.unit.unitNumber - b.unit.unitNumber,
  );
  await upsertLatestFixes(transaction, fixColumns(stationIds, byUnit));
  if (newlyServed.length > 0)
    await insertDeviceUnits(
      transaction,
      newlyServed.map(({ unit, device: { deviceNumber } }) => ({ ...unit, deviceNumber })),
    );
}

async function writeRefused(transaction: Transaction, batch: Batch, quarantined: readonly FixRef[]): Promise<void> {
  const today = dayOf(batch.reports.at(-1)!.receivedAtMs);
  if (batch.offDuty.size > 0) {
    const counts = [...batch.offDuty].map(([{ stationId, deviceNumber }, count]) => ({
      stationId,
      deviceNumber,
      count,
    }));
    await countOffDuty(
      transaction,
      today,
      counts.sort((a, b) => a.deviceNumber - b.deviceNumber),
    );
  }
  if (quarantined.length > 0) await quarantineFixes(transaction, today, quarantineCap, quarantined.map(quarantineRow));
}

function quarantineRow(fix: FixRef): QuarantinedFix {
  const { report, row, device } = fix;
  const body = JSON.stringify(report.rowAt(row), keepKnownFields);
  const at = atOf(fix);
  return {
    stationId: device.stationId,
    deviceNumber: device.deviceNumber,
    reason: reasonOf(report.outcomes[row]!)!,
    // Any number can be sent as a time; PostgreSQL's calendar and ISO's four-digit years hold these.
    observedAt: Math.abs(at) < 6e13 ? new Date(at).toISOString() : null,
    receivedAt: new Date(report.receivedAtMs).toISOString(),
    bodyHash: createHash('sha256').update(body).digest(),
    body,
  };
}

const knownFields = new Set([
  'device',
  'at',
  'lngLat',
  'accuracyM',
  'speedMps',
  'headingDeg',
  'altitudeM',
  'batteryPct',
  '0',
  '1',
  '',
]);

/** Of a report only the fields we know, and of a text only what jsonb takes: no NUL, no half surrogate pair. */
function keepKnownFields(key: string, value: unknown): unknown {
  if (!knownFields.has(key)) return undefined;
  return typeof value === 'string' ? value.slice(0, 100).replaceAll('\0', '').toWellFormed() : value;
}

function lateColumns(late: readonly FixRef[]) {
  const times = late.map(atOf);
  return {
    deviceNumber: encodeColumn('int4', late.length, (index) => late[index]!.device.deviceNumber),
    observedAt: encodeColumn('timestamptz', late.length, (index) => times[index]!),
    minAtMs: times.reduce((a, b) => Math.min(a, b)),
    maxAtMs: times.reduce((a, b) => Math.max(a, b)),
  };
}

function fixColumns(stationIds: readonly string[], fixes: readonly FixRef[]): FixColumns {
  const count = fixes.length;
  const value = (type: ColumnType, column: number) =>
    encodeColumn(type, count, (index) => {
      const fix = fixes[index]!;
      return fix.report.values[offsetOf(fix) + column]!;
    });
  return {
    stationIds,
    station: encodeColumn('int2', count, (index) => stationIds.indexOf(fixes[index]!.unit.stationId) + 1),
    deviceNumber: encodeColumn('int4', count, (index) => fixes[index]!.device.deviceNumber),
    unitNumber: encodeColumn('int4', count, (index) => fixes[index]!.unit.unitNumber),
    observedAt: value('timestamptz', columns.atMs),
    receivedAt: encodeColumn('timestamptz', count, (index) => fixes[index]!.report.receivedAtMs),
    lng: value('float8', columns.lng),
    lat: value('float8', columns.lat),
    speedMps: value('float4', columns.speedMps),
    headingDeg: value('float4', columns.headingDeg),
    accuracyM: value('float4', columns.accuracyM),
    altitudeM: value('float4', columns.altitudeM),
    batteryPct: value('int2', columns.batteryPct),
  };
}

const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown }).code === '23505';

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
