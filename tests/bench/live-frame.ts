// R6: what a moving unit costs on the wire, and how long a browser takes from the message to a lng/lat array for the GPU.
import { decodeTick, writeLngLats } from '../../api/live/contract.ts';
import type { Bench, BenchContext } from './contract.ts';
import { payloadOf } from '../fixtures/payload-of.ts';
import { makeCity, moveCity, wholeCity } from './live/city.ts';

const medianMicros = (rounds: number, work: () => void): number => {
  for (let round = 0; round < rounds / 4; round++) work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    work();
    times.push((performance.now() - startedMs) * 1000);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
};

export const run: Bench = async ({ quick, seed }: BenchContext) => {
  const city = makeCity(seed);
  const moved = moveCity(city, 1);
  const message = payloadOf(city.feed.delta(wholeCity));
  // What a server without frames of its own would send: the same facts by name.
  const json = JSON.stringify(
    moved.map(({ unitNumber, lng, lat, headingDeg, observedAtMs }) => ({
      unit: unitNumber,
      lngLat: [Number(lng.toFixed(7)), Number(lat.toFixed(7))],
      headingDeg: Math.round(headingDeg),
      at: new Date(observedAtMs).toISOString(),
    })),
  );
  const rounds = quick ? 200 : 1000;
  const target = new Float32Array(moved.length * 2);
  const ours = medianMicros(rounds, () => {
    let offset = 0;
    for (const frame of decodeTick(message).frames) {
      writeLngLats(frame, target, offset);
      offset += frame.positions.length;
    }
  });
  const jsonFirst = medianMicros(rounds, () => {
    const units = JSON.parse(json) as { lngLat: [number, number] }[];
    for (let index = 0; index < units.length; index++) {
      target[index * 2] = units[index]!.lngLat[0];
      target[index * 2 + 1] = units[index]!.lngLat[1];
    }
  });
  const viewsOnly = medianMicros(rounds, () => {
    let bytes = 0;
    for (const { positions } of decodeTick(message).frames) bytes += positions.byteLength;
    if (bytes !== moved.length * 4) throw new Error(`${bytes} bytes of positions for ${moved.length} units`);
  });
  const bytes = message.byteLength / moved.length;
  return [
    {
      id: 'R6',
      what: `bytes a moving unit, ${moved.length} units in 64 cells, the message whole`,
      value: bytes,
      unit: 'B',
      peer: 'JSON',
      ratio: json.length / moved.length / bytes,
      aim: '≤ 12 bytes',
      met: bytes <= 12,
    },
    {
      id: 'R6',
      what: `message to vertex buffers of ${moved.length} units: 16-bit steps, one draw a cell`,
      value: viewsOnly,
      unit: 'µs',
      peer: 'JSON to a lng/lat array',
      ratio: jsonFirst / viewsOnly,
      aim: '≥ 100 ×',
      met: jsonFirst / viewsOnly >= 100,
    },
    {
      id: 'R6',
      what: `message to one lng/lat array of ${moved.length} units in degrees`,
      value: ours,
      unit: 'µs',
      peer: 'JSON to a lng/lat array',
      ratio: jsonFirst / ours,
    },
  ];
};
