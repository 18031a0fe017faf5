// R4: what a tick costs the server. 20,000 units at 0.2 Hz in 64 cells, 1,000 viewers that see 1, 8 or 64 of them.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFlags } from '../fixtures/start-flags.ts';
import type { Bench, BenchRow } from './contract.ts';
import type { Mode } from './live/viewers-process.ts';

interface Measured {
  cpuMsPerTick: number;
  bytesPerTick: number;
  /** Viewers a tick that were behind and were sent nothing. */
  skippedPerTick: number;
  rssMb: number;
  worstWaitsMs: number[];
  delaysMs: number[];
}

const viewerCount = 1000;
const warmUpMs = 3000;

const start = (file: string, args: readonly (string | number)[], flags: readonly string[] = []): ChildProcess =>
  fork(join(import.meta.dirname, 'live', file), args.map(String), { execArgv: ['--no-warnings', ...flags] });

async function ask<T>(child: ChildProcess, order: string): Promise<T> {
  child.send(order);
  const [answer] = await once(child, 'message');
  return answer as T;
}

/** The server runs as `npm start` runs it, what it is compared with as Node does by itself. */
async function measure(mode: Mode, ticks: number, seed: number): Promise<Measured> {
  const server = start('server-process.ts', [mode, viewerCount, seed], mode === 'live' ? startFlags : []);
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const viewers = start('viewers-process.ts', [mode, port, viewerCount, seed]);
    try {
      await once(viewers, 'message');
      await sleep(warmUpMs);
      server.send('begin');
      viewers.send('begin');
      await sleep(ticks * 1000);
      const cost = await ask<Omit<Measured, 'worstWaitsMs' | 'delaysMs'>>(server, 'report');
      return { ...cost, ...(await ask<Pick<Measured, 'worstWaitsMs' | 'delaysMs'>>(viewers, 'report')) };
    } finally {
      viewers.kill('SIGKILL');
    }
  } finally {
    server.kill('SIGKILL');
  }
}

const quantile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? NaN;

/** The middle of several runs: two cores are shared with the viewers and with whatever else the machine does. */
const middleOf = (runs: readonly Measured[]): Measured =>
  runs.toSorted((a, b) => a.cpuMsPerTick - b.cpuMsPerTick)[runs.length >> 1]!;

export const run: Bench = async ({ quick, seed }) => {
  const modes: readonly Mode[] = ['live', 'raw', 'raw with echoes', 'socket.io'];
  const runs = new Map<Mode, Measured[]>(modes.map((mode) => [mode, []]));
  const [rounds, ticks] = quick ? [1, 6] : [3, 9];
  for (let round = 0; round < rounds; round++)
    for (const mode of modes) runs.get(mode)!.push(await measure(mode, ticks, seed));
  const live = middleOf(runs.get('live')!);
  const what = `server CPU a tick, ${viewerCount} viewers, ${(live.bytesPerTick / 1e6).toFixed(1)} MB`;
  const against = (mode: Mode, name: string, atLeast: number | undefined): BenchRow => {
    const { cpuMsPerTick } = middleOf(runs.get(mode)!);
    const ratio = cpuMsPerTick / live.cpuMsPerTick;
    const aim = atLeast === undefined ? {} : { aim: `≥ ${atLeast}`, met: ratio >= atLeast };
    return row(what, live.cpuMsPerTick, 'ms', { peer: `${name}, ${cpuMsPerTick.toFixed(1)} ms`, ratio, ...aim });
  };
  const waitMs = quantile(
    runs.get('live')!.flatMap(({ worstWaitsMs }) => worstWaitsMs),
    0.99,
  );
  const delayMs = quantile(
    runs.get('live')!.flatMap(({ delaysMs }) => delaysMs),
    0.99,
  );
  return [
    against('raw', 'raw net writes of the same buffers, nothing read', 0.8),
    against('raw with echoes', 'the same, echoes read and dropped', undefined),
    against('socket.io', 'socket.io, one JSON array a room of equal views', 5),
    row('p99 from the unluckiest fix to the viewer', waitMs, 'ms', { aim: '≤ 1,100 ms', met: waitMs <= 1100 }),
    row('p99 from tick to viewer', delayMs, 'ms', {}),
    row('viewers skipped a tick because they were behind', live.skippedPerTick, `of ${viewerCount}`, {}),
    row('resident memory of the live server', live.rssMb, 'MB', {}),
  ];
};

const row = (what: string, value: number, unit: string, more: Partial<BenchRow>): BenchRow => ({
  id: 'R4',
  what,
  value,
  unit,
  ...more,
});
