import { expect, test } from 'vitest';
import type { TrackedUnit } from '../../../../api/tracks/contract.ts';
import { planBatches } from '../../../../api/tracks/plan-batches.ts';
import { planParts } from '../../../../api/tracks/plan-parts.ts';
import { packedFixBytes } from '../../../../api/tracks/queries.ts';
import type { PackedPart } from '../../../../api/tracks/read-parts.ts';
import { writeTrackColumns } from '../../../../api/tracks/write-track-columns.ts';
import { readTrackStream, type TrackProgress } from '../../../../src/lib/api/read-track-stream.ts';

const unit = (number: number, fixes: number): TrackedUnit => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  number,
  callSign: `平安-${number}`,
  kind: 'bike',
  fixes,
});

/** As the database packs them: fix i at i seconds, going north-east. */
function pack(unitNumber: number, firstS: number, count: number): PackedPart {
  const packed = Buffer.alloc(packedFixBytes * count);
  for (let i = 0; i < count; i++) {
    const at = packedFixBytes * i;
    packed.writeInt32BE(1000 * (firstS + i), at);
    packed.writeInt32BE(-11_600_000 + i, at + 4);
    packed.writeInt32BE(-3_990_000 + i, at + 8);
    packed.writeInt16BE(i % 2 === 0 ? -1 : 45, at + 12);
    packed.writeInt16BE(14, at + 14);
  }
  return { unitNumber, count, packed };
}

async function* batchesOf(...batches: PackedPart[][]): AsyncGenerator<PackedPart[]> {
  yield* batches;
}

async function streamOf(units: TrackedUnit[], ...batches: PackedPart[][]): Promise<ReadableStream<Uint8Array>> {
  const parts: Buffer[] = [];
  for await (const part of writeTrackColumns(batchesOf(...batches), units, { from: '2026-11-20T08:00:00.000Z' }))
    parts.push(part);
  return new Blob(parts as BlobPart[]).stream();
}

test.each([200, 60_000, 100_000])('tracks come through the wire as they were packed, unit %i too', async (highest) => {
  const units = [unit(3, 5), unit(highest, 4)];
  const told: TrackProgress[] = [];
  const tracks = await readTrackStream(
    await streamOf(units, [pack(3, 0, 3), pack(highest, 10, 4)], [pack(3, 3, 2)]),
    (progress) => told.push(progress),
  );
  expect(tracks.from).toBe(Date.parse('2026-11-20T08:00:00Z'));
  expect(tracks.units).toEqual(units);
  expect([...tracks.starts]).toEqual([0, 5, 9]);
  expect([...tracks.times]).toEqual([0, 1000, 2000, 3000, 4000, 10_000, 11_000, 12_000, 13_000]);
  expect([...tracks.lngs.slice(5)]).toEqual([-11_600_000, -11_599_999, -11_599_998, -11_599_997]);
  expect([...tracks.headings.slice(5)]).toEqual([-1, 45, -1, 45]);
  expect(told).toEqual([
    { read: 0, of: 9 },
    { read: 7, of: 9 },
    { read: 9, of: 9 },
  ]);
});

test('no fixes are tracks of nobody', async () => {
  const tracks = await readTrackStream(await streamOf([unit(3, 0)]), () => {});
  expect(tracks.count).toBe(0);
});

test('a stream that is cut off is no track', async () => {
  const whole = new Uint8Array(await new Response(await streamOf([unit(3, 5)], [pack(3, 0, 5)])).arrayBuffer());
  await expect(readTrackStream(new Blob([whole.slice(0, -20)]).stream(), () => {})).rejects.toThrow('ended early');
});

const part = (unitNumber: number) => ({ unitNumber, deviceNumber: unitNumber, from: 0, to: 10 });

test('parts are read together up to a batch, a long one alone, empty ones not', () => {
  const planned = planBatches([1, 2, 3, 4, 5, 6].map(part), [40, 60, 0, 1, 500, 7], 100);
  expect(planned.map((batch) => batch.map(({ unitNumber }) => unitNumber))).toEqual([[1, 2], [4], [5], [6]]);
});

test('of a device only the shifts of its unit are read, overlapping ones once', () => {
  const devices = [
    { unitNumber: 1, deviceNumber: 10 },
    { unitNumber: 2, deviceNumber: 20 },
  ];
  const span = { from: 100, to: 200 };
  expect(planParts(devices, span)).toEqual(devices.map((device) => ({ ...device, ...span })));
  const shifts = new Map([
    [
      1,
      [
        { from: 150, to: 170 },
        { from: 50, to: 120 },
        { from: 110, to: 130 },
        { from: 300, to: 400 },
      ],
    ],
  ]);
  expect(planParts(devices, span, shifts)).toEqual([
    { ...devices[0], from: 100, to: 130 },
    { ...devices[0], from: 150, to: 170 },
  ]);
});
