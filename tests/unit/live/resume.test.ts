import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bbox } from '../../../api/positions/contract.ts';
import { unitKinds } from '../../../api/positions/contract.ts';
import { cellRangeOf, isInRange, cellOf } from '../../../api/live/contract.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import { LiveUnits } from '../../../src/lib/state/live-units.ts';
import { makeFix, someStationId } from '../../fixtures/make-fix.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';
import { serveHub, type ServedHub } from '../../fixtures/serve-hub.ts';
import { WatchingViewer } from '../../fixtures/watch-live.ts';

const town: Bbox = [116.401, 39.901, 116.459, 39.959];

let served: ServedHub;
let viewers: WatchingViewer[];
beforeEach(async () => {
  served = await serveHub();
  viewers = [];
});
afterEach(async () => {
  for (const viewer of viewers) viewer.close();
  await served.close();
});

function watch(units?: LiveUnits): WatchingViewer {
  const viewer = new WatchingViewer(served.liveUrl(), units);
  viewers.push(viewer);
  return viewer;
}

async function tickFor(...watching: WatchingViewer[]): Promise<void> {
  served.hub.tick();
  const { tick } = served.hub.stats();
  for (const viewer of watching) await viewer.until(() => viewer.last.tick === tick);
}

async function leave(viewer: WatchingViewer): Promise<void> {
  viewer.close();
  await viewer.closed;
}

/** Units that walk, jump, go off duty and come back, and what is true of them. */
class Walkers {
  readonly onDuty = new Map<number, LatestFix>();
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  step(): void {
    for (let event = 0; event < 25; event++) {
      const unitNumber = Math.floor(this.#random() * 60);
      if (this.#random() < 0.15) {
        this.onDuty.delete(unitNumber);
        served.hub.publishRemoval(someStationId, unitNumber);
        continue;
      }
      const known = this.onDuty.get(unitNumber);
      const span = known && this.#random() < 0.7 ? 0.004 : 0.1;
      const fix = makeFix({
        unitNumber,
        unitKind: known?.unitKind ?? unitKinds[unitNumber % unitKinds.length]!,
        lng: (known && span < 0.1 ? known.lng : 116.43) + (this.#random() - 0.5) * span,
        lat: (known && span < 0.1 ? known.lat : 39.93) + (this.#random() - 0.5) * span,
        headingDeg: Math.floor(this.#random() * 360),
      });
      this.onDuty.set(unitNumber, fix);
      served.hub.publishFixes([fix]);
    }
  }

  /** What a viewer of `bbox` has to see, told by the fixes alone. */
  visibleIn(bbox: Bbox): { number: number; lng: number; lat: number; kind: string }[] {
    return [...this.onDuty.values()]
      .filter(({ lng, lat }) => isInRange(cellRangeOf(bbox), cellOf(lng, lat)))
      .map(({ unitNumber, lng, lat, unitKind }) => ({ number: unitNumber, lng, lat, kind: unitKind }))
      .sort((a, b) => a.number - b.number);
  }
}

function expectSees(viewer: WatchingViewer, visible: ReturnType<Walkers['visibleIn']>): void {
  expect(viewer.seenNumbers).toEqual(visible.map(({ number }) => number));
  for (const { number, lng, lat, kind } of visible) {
    const position = viewer.units.read(viewer.units.slotOf(number)!);
    expect(Math.abs(position.lngLat[0] - lng)).toBeLessThan(1e-6);
    expect(Math.abs(position.lngLat[1] - lat)).toBeLessThan(1e-6);
    expect(position.kind).toBe(kind);
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'whoever drops, moves the view and comes back sees what is true and what the one that stayed sees (seed %i)',
  async (seed) => {
    const random = seededRandom(1000 + seed);
    const walkers = new Walkers(seed);
    walkers.step();
    served.hub.tick();
    const stayed = watch();
    await stayed.view(town);
    let units = new LiveUnits();
    let leaver = watch(units);
    await leaver.view(town);
    let bbox = town;
    for (let round = 0; round < 12; round++) {
      for (let ticks = 1 + Math.floor(random() * 4); ticks > 0; ticks--) {
        walkers.step();
        await tickFor(stayed, leaver);
      }
      const { last } = leaver;
      await leave(leaver);
      const away = Math.floor(random() * 12);
      for (let ticks = 0; ticks < away; ticks++) {
        walkers.step();
        await tickFor(stayed);
      }
      if (random() < 0.5) {
        const [west, south] = [116.381 + 0.02 * Math.floor(random() * 4), 39.881 + 0.02 * Math.floor(random() * 4)];
        bbox = [west, south, west + 0.02 * Math.floor(random() * 3), south + 0.02 * Math.floor(random() * 3)];
      }
      units = leaver.units;
      leaver = watch(units);
      await leaver.view(bbox, last);
      await leaver.until(() => leaver.last.tick === served.hub.stats().tick && sameRange(leaver.last.range, bbox));
      walkers.step();
      await tickFor(stayed, leaver);
      expectSees(stayed, walkers.visibleIn(town));
      expectSees(leaver, walkers.visibleIn(bbox));
      expect([stayed.gaps, leaver.gaps]).toEqual([0, 0]);
    }
  },
);

const sameRange = (range: object, bbox: Bbox): boolean => JSON.stringify(range) === JSON.stringify(cellRangeOf(bbox));

test('within 30 ticks exactly the missed deltas are sent; after 31 everything anew', async () => {
  const walkers = new Walkers(9);
  walkers.step();
  served.hub.tick();
  const stayed = watch();
  const leaver = watch();
  await stayed.view(town);
  await leaver.view(town);
  await leave(leaver);
  for (let ticks = 0; ticks < 30; ticks++) {
    walkers.step();
    await tickFor(stayed);
  }
  const back = watch(leaver.units);
  await back.view(town, leaver.last);
  await back.until(() => back.last.tick === stayed.last.tick);
  expect(back.ticks.map(({ tick, isReset }) => [tick, isReset])).toEqual(
    stayed.ticks.slice(1).map(({ tick }) => [tick, false]),
  );
  expect(back.seen).toEqual(stayed.seen);
  walkers.step();
  await tickFor(stayed);
  const late = watch(leaver.units);
  expect(await late.view(town, leaver.last)).toMatchObject({ isReset: true, tick: stayed.last.tick });
  expect(late.seenNumbers).toEqual(stayed.seenNumbers);
});

test('a drop so short that no tick was missed is answered with nothing but the tick', async () => {
  served.hub.restore([makeFix({ lng: 116.43 })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  await leave(viewer);
  const back = watch(viewer.units);
  expect(await back.view(town, viewer.last)).toMatchObject({ isReset: false, frames: [] });
  expect(back.seenNumbers).toEqual([1]);
});

test('ticks of a server that has been started anew are not built on', async () => {
  served.hub.restore([makeFix({ lng: 116.43 }), makeFix({ unitNumber: 2, lng: 116.43 })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  await served.close();
  served = await serveHub();
  served.hub.restore([makeFix({ lng: 116.43 })]);
  served.hub.tick();
  const back = watch(viewer.units);
  expect(await back.view(town, viewer.last)).toMatchObject({ isReset: true });
  expect(back.last.epoch).not.toBe(viewer.last.epoch);
  expect(back.seenNumbers).toEqual([1]);
});
