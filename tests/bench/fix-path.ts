// R2: what a fix costs on one core before it reaches the database: parse, filters, newest of its unit, its live cell.
// Against JSON.parse of the same bytes alone, which no server can go below, and against the same steps written with
// @turf/turf and rbush as one would by hand.
import { distance, point } from '@turf/turf';
import RBush from 'rbush';
import { cellOf } from '../../api/live/contract.ts';
import { gatherBatch } from '../../api/positions/batch.ts';
import { DeviceNames } from '../../api/positions/device-names.ts';
import { DeviceTrack } from '../../api/positions/device-track.ts';
import { fixLimits } from '../../api/positions/fix-limits.ts';
import { judgeBatch } from '../../api/positions/judge-batch.ts';
import { LatestFixes, type LatestFix } from '../../api/positions/latest-fixes.ts';
import { latestFixOf } from '../../api/positions/latest-fix-of.ts';
import { parseReport } from '../../api/positions/read-report.ts';
import type { RegistryDevice } from '../../api/units/registry.ts';
import { seededRandom } from '../fixtures/seeded-random.ts';
import type { BenchContext, BenchRow } from './contract.ts';

const units = 2000;
const fixesPerReport = 500;
const stationId = '01900000-0000-7000-8000-000000000001';
const window = { maxClockSkewMs: 120_000, retentionMs: 183 * 86_400_000 };

export async function run({ quick, seed }: BenchContext): Promise<BenchRow[]> {
  const fixes = quick ? 60_000 : 200_000;
  const rounds = quick ? 7 : 15;
  const nowMs = Date.now();
  const texts = makeReports(fixes, seed, nowMs);
  const devices = new Map(Array.from({ length: units }, (_, index) => [nameOf(index), deviceOf(index)]));
  const parseMs: number[] = [];
  const oursMs: number[] = [];
  const turfMs: number[] = [];
  let checksum = 0;
  for (let round = 0; round < rounds; round++) {
    // Taking turns, so that what else the machine does falls on all three alike.
    parseMs.push(timeOf(() => (checksum += parseAlone(texts))));
    oursMs.push(timeOf(() => (checksum += takeIn(texts, devices, nowMs))));
    if (round < 5) turfMs.push(timeOf(() => (checksum += takeInWithTurf(texts, nowMs))));
  }
  if (checksum !== (rounds * 2 + Math.min(rounds, 5)) * fixes) throw new Error('the three ways did not take all fixes');
  const [parse, ours, turf] = [parseMs, oursMs, turfMs].map((ms) => fixes / (median(ms) / 1000)) as [
    number,
    number,
    number,
  ];
  const what = 'parse, filters, newest fix and live cell of a fix, on one core';
  return [
    {
      id: 'R2',
      what,
      value: ours,
      unit: 'fixes/s',
      peer: `JSON.parse of the same bytes alone: ${Math.round(parse)} fixes/s`,
      ratio: ours / parse,
      aim: '≥ 0.6',
      met: ours / parse >= 0.6,
    },
    {
      id: 'R2',
      what,
      value: ours,
      unit: 'fixes/s',
      peer: `the same with @turf/turf and rbush: ${Math.round(turf)} fixes/s`,
      ratio: ours / turf,
      aim: '≥ 2',
      met: ours / turf >= 2,
    },
  ];
}

function parseAlone(texts: readonly Buffer[]): number {
  let count = 0;
  for (const text of texts) count += (JSON.parse(text.toString()) as unknown[]).length;
  return count;
}

/** The server's own functions, from the text to what is given to the live path; all but the writing. */
function takeIn(texts: readonly Buffer[], devices: ReadonlyMap<string, RegistryDevice>, nowMs: number): number {
  const tracks = new Map(Array.from(devices.values(), ({ deviceNumber }) => [deviceNumber, new DeviceTrack()]));
  const latest = new LatestFixes();
  const cells = new Map<number, number>();
  const names = new DeviceNames((name) => devices.get(name));
  let count = 0;
  for (const text of texts) {
    const report = parseReport(text, names, nowMs);
    const judgement = judgeBatch(gatherBatch([report], window, tracks));
    for (const fix of judgement.newest.values()) {
      const newest = latestFixOf(fix);
      if (latest.advance(newest)) cells.set(newest.unitNumber, cellOf(newest.lng, newest.lat));
    }
    count += judgement.accepted.length;
  }
  return count;
}

interface CellBox {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  cell: number;
}

/** Objects, Date, turf.distance in degrees of code one writes first, and an rbush of the live cells. */
function takeInWithTurf(texts: readonly Buffer[], nowMs: number): number {
  const latest = new Map<string, LatestFix>();
  const cells = new Map<string, number>();
  const tree = new RBush<CellBox>();
  const boxes: CellBox[] = [];
  for (let x = 0; x < 10; x++)
    for (let y = 0; y < 10; y++)
      boxes.push({
        minX: 120 + x / 50,
        minY: 30 + y / 50,
        maxX: 120 + (x + 1) / 50,
        maxY: 30 + (y + 1) / 50,
        cell: x * 10 + y,
      });
  tree.load(boxes);
  let count = 0;
  for (const text of texts) {
    for (const { device, at, lngLat, speedMps, headingDeg, accuracyM, batteryPct } of JSON.parse(text.toString())) {
      const observedAtMs = new Date(at).getTime();
      const [lng, lat] = lngLat;
      if (Number.isNaN(observedAtMs) || Math.abs(lng) > 180 || Math.abs(lat) > 90 || (lng === 0 && lat === 0)) continue;
      if (observedAtMs > nowMs + window.maxClockSkewMs || observedAtMs < nowMs - window.retentionMs) continue;
      if (accuracyM > fixLimits.car.maxAccuracyM) continue;
      const before = latest.get(device);
      if (before) {
        const metres = distance(point([before.lng, before.lat]), point(lngLat), { units: 'meters' });
        const seconds = (observedAtMs - before.observedAtMs) / 1000;
        if (metres - accuracyM - before.accuracyM > fixLimits.car.maxSpeedMps * (seconds + 1)) continue;
        if (metres === 0 && speedMps * seconds > 5) continue;
      }
      latest.set(device, {
        stationId,
        unitNumber: 1,
        unitKind: 'car',
        lng,
        lat,
        speedMps,
        headingDeg,
        accuracyM,
        batteryPct,
        observedAtMs,
        receivedAtMs: nowMs,
      });
      const [box] = tree.search({ minX: lng, minY: lat, maxX: lng, maxY: lat });
      if (box) cells.set(device, box.cell);
      count++;
    }
  }
  return count;
}

function makeReports(fixes: number, seed: number, nowMs: number): Buffer[] {
  const random = seededRandom(seed);
  const places = Array.from({ length: units }, () => ({ lng: 120 + random() * 0.1, lat: 30 + random() * 0.1 }));
  const startMs = nowMs - 3_600_000;
  return Array.from({ length: fixes / fixesPerReport }, (_, report) =>
    Buffer.from(
      JSON.stringify(
        Array.from({ length: fixesPerReport }, (_, row) => {
          const index = report * fixesPerReport + row;
          const place = places[index % units]!;
          place.lng += 6e-5;
          place.lat += 5e-5;
          return {
            device: nameOf(index % units),
            at: new Date(startMs + Math.floor(index / units) * 1000 + (index % 1000)).toISOString(),
            lngLat: [Number(place.lng.toFixed(6)), Number(place.lat.toFixed(6))],
            accuracyM: 4.5,
            speedMps: Number((8 + random()).toFixed(1)),
            headingDeg: Math.floor(random() * 360),
            batteryPct: 77,
          };
        }),
      ),
    ),
  );
}

const nameOf = (index: number): string => `device-${index}`;

const deviceOf = (index: number): RegistryDevice => ({
  deviceNumber: index + 1,
  stationId,
  name: nameOf(index),
  unit: {
    unitId: `unit-${index}`,
    stationId,
    unitNumber: index + 1,
    callSign: `unit ${index}`,
    kind: 'car',
    dutyState: 'on',
  },
});

/** Time on the processor, ms: what waits for other programs on the machine is not counted. */
function timeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
