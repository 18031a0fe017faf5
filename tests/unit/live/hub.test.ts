import { afterEach, beforeEach, expect, test } from 'vitest';
import { cellOf } from '../../../api/live/contract.ts';
import type { Bbox } from '../../../api/positions/contract.ts';
import { makeFix } from '../../fixtures/make-fix.ts';
import { serveHub, type ServedHub } from '../../fixtures/serve-hub.ts';
import { WatchingViewer } from '../../fixtures/watch-live.ts';

/** Four cells: columns west and east of 116.42, rows south and north of 39.92. */
const town: Bbox = [116.401, 39.901, 116.439, 39.939];
const westernCell: Bbox = [116.401, 39.901, 116.419, 39.919];
const [west, east] = [116.41, 116.43];

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

function watch(stationId?: string): WatchingViewer {
  const viewer = new WatchingViewer(served.liveUrl(stationId));
  viewers.push(viewer);
  return viewer;
}

async function tickFor(...watching: WatchingViewer[]): Promise<void> {
  served.hub.tick();
  const { tick } = served.hub.stats();
  for (const viewer of watching) await viewer.until(() => viewer.last.tick === tick);
}

test('a viewer is given everything in sight, then each tick what moved, numbered without a gap', async () => {
  served.hub.restore([makeFix({ unitNumber: 1 }), makeFix({ unitNumber: 2, lng: east })]);
  served.hub.tick();
  const viewer = watch();
  expect(await viewer.view(town)).toMatchObject({ isReset: true });
  expect(viewer.seenNumbers).toEqual([1, 2]);
  for (let round = 0; round < 3; round++) {
    served.hub.publishFixes([makeFix({ unitNumber: 2, lng: east + (round + 1) / 1000 })]);
    await tickFor(viewer);
    expect(viewer.last.frames.flatMap(({ unitNumbers }) => [...unitNumbers])).toEqual([2]);
    expect(viewer.last).toMatchObject({ isReset: false, baseTick: viewer.last.tick - 1 });
    expect(viewer.units.current[2 * viewer.units.slotOf(2)!]).toBeCloseTo(east + (round + 1) / 1000, 6);
  }
  expect(viewer.ticks.map(({ tick }) => tick - viewer.ticks[0]!.tick)).toEqual([0, 1, 2, 3]);
});

test('a tick comes also when nothing moved, so that silence means trouble', async () => {
  const viewer = watch();
  await viewer.view(town);
  await tickFor(viewer);
  expect(viewer.last.frames).toEqual([]);
});

test('only the cells of the view are sent', async () => {
  served.hub.restore([makeFix({ unitNumber: 1 }), makeFix({ unitNumber: 2, lng: east })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(westernCell);
  served.hub.publishFixes([
    makeFix({ unitNumber: 1, lat: 39.912 }),
    makeFix({ unitNumber: 2, lng: east, lat: 39.912 }),
  ]);
  await tickFor(viewer);
  expect(viewer.last.frames.map(({ cell }) => cell)).toEqual([cellOf(west, 39.91)]);
  expect(viewer.seenNumbers).toEqual([1]);
});

test('a unit that crosses into another cell is told in both in the same tick, and keeps its kind', async () => {
  served.hub.restore([makeFix({ unitKind: 'bike' })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  served.hub.publishFixes([makeFix({ unitKind: 'bike', lng: east })]);
  await tickFor(viewer);
  const told = new Map(viewer.last.frames.map((frame) => [frame.cell, frame]));
  expect([...told.get(cellOf(west, 39.91))!.removed]).toEqual([1]);
  expect([...told.get(cellOf(east, 39.91))!.unitNumbers]).toEqual([1]);
  expect(viewer.units.read(viewer.units.slotOf(1)!).kind).toBe('bike');
  expect(viewer.units.count).toBe(1);
});

test('a unit that leaves the view is taken off it', async () => {
  served.hub.restore([makeFix()]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(westernCell);
  served.hub.publishFixes([makeFix({ lng: east })]);
  await tickFor(viewer);
  expect(viewer.seenNumbers).toEqual([]);
});

test('a unit that goes off duty leaves every screen with the next tick, and is in no snapshot', async () => {
  served.hub.restore([makeFix(), makeFix({ unitNumber: 2 })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  served.hub.publishRemoval(makeFix().stationId, 1);
  const late = watch();
  await late.view(town);
  expect(late.seenNumbers).toEqual([2]);
  await tickFor(viewer, late);
  expect(viewer.seenNumbers).toEqual([2]);
  expect(late.seenNumbers).toEqual([2]);
  expect(served.hub.stats().units).toBe(1);
});

test('off duty and back within one tick is a move, and a number that is free again may be another unit', async () => {
  served.hub.restore([makeFix()]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  served.hub.publishRemoval(makeFix().stationId, 1);
  served.hub.publishFixes([makeFix({ lng: east })]);
  await tickFor(viewer);
  expect(viewer.seenNumbers).toEqual([1]);
  served.hub.publishRemoval(makeFix().stationId, 1);
  await tickFor(viewer);
  served.hub.publishFixes([makeFix({ unitKind: 'uav' })]);
  await tickFor(viewer);
  expect(viewer.units.read(viewer.units.slotOf(1)!).kind).toBe('uav');
});

test('who joins while a unit is away for less than a tick is told its kind when it is back', async () => {
  const car = makeFix({ unitNumber: 1, unitKind: 'car' });
  served.hub.restore([car]);
  served.hub.tick();
  served.hub.publishRemoval(car.stationId, 1);
  const viewer = watch();
  await viewer.view(town);
  expect(viewer.seenNumbers).toEqual([]);
  served.hub.publishFixes([car]);
  await tickFor(viewer);
  expect(viewer.last.frames.map(({ unitNumbers, kinds }) => ({ units: [...unitNumbers], kinds: [...kinds] }))).toEqual([
    { units: [1], kinds: [1] },
  ]);
});

test('a unit that becomes another kind is told so where it is', async () => {
  served.hub.restore([makeFix()]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  served.hub.publishFixes([makeFix({ unitKind: 'car' })]);
  await tickFor(viewer);
  expect(viewer.units.read(viewer.units.slotOf(1)!).kind).toBe('car');
});

test('another view brings the cells that are new and lets go of the others, between two ticks', async () => {
  served.hub.restore([
    makeFix({ unitNumber: 1 }),
    makeFix({ unitNumber: 2, lng: east }),
    makeFix({ unitNumber: 3, lat: 39.93 }),
  ]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(westernCell);
  const change = await viewer.view([116.401, 39.901, 116.439, 39.919]);
  expect(change).toMatchObject({ isReset: false, baseTick: change.tick });
  expect(change.frames.map(({ cell }) => cell)).toEqual([cellOf(east, 39.91)]);
  expect(viewer.seenNumbers).toEqual([1, 2]);
  viewer.send({ type: 'view', bbox: [116.401, 39.921, 116.419, 39.939] });
  // A view that changes again at once is answered with a tick.
  for (let ticks = 0; ticks < 20 && viewer.last.range.south === change.range.south; ticks++) {
    served.hub.publishFixes([makeFix({ unitNumber: 1, lng: west + ticks / 10_000 })]);
    await tickFor(viewer);
  }
  expect(viewer.last.frames.map(({ cell }) => cell)).toEqual([cellOf(west, 39.93)]);
  expect(viewer.gaps).toBe(0);
  expect(viewer.seenNumbers).toEqual([3]);
});

test('an old fix is shown with its true age', async () => {
  const observedAtMs = Date.now() - 3 * 3_600_000;
  served.hub.restore([makeFix({ observedAtMs })]);
  served.hub.tick();
  const viewer = watch();
  await viewer.view(town);
  expect(Math.abs(viewer.units.observedAtMs[0]! - observedAtMs)).toBeLessThan(61_000);
});

test('nothing of one station reaches viewers of another', async () => {
  const other = '01900000-0000-7000-8000-000000000002';
  await served.close();
  served = await serveHub({}, [makeFix().stationId, other]);
  served.hub.restore([makeFix({ unitNumber: 1 }), makeFix({ unitNumber: 2, stationId: other })]);
  served.hub.tick();
  const [own, foreign] = [watch(), watch(other)];
  await own.view(town);
  await foreign.view(town);
  served.hub.publishFixes([makeFix({ unitNumber: 1, lng: east })]);
  served.hub.announceChange(other, 'grids');
  await tickFor(own, foreign);
  expect(own.seenNumbers).toEqual([1]);
  expect(foreign.seenNumbers).toEqual([2]);
  expect(foreign.last.frames).toEqual([]);
  expect(own.texts).toEqual([]);
  expect(foreign.texts.map((text) => JSON.parse(text))).toEqual([{ type: 'changed', noun: 'grids', stationId: other }]);
});

test('ticks keep their pace on a busy machine: a late one does not put off the next', async () => {
  await served.close();
  served = await serveHub({ tickMs: 100 });
  const [startedMs, before] = [performance.now(), served.hub.stats().tick];
  for (let round = 0; round < 10; round++) {
    const busyUntilMs = performance.now() + 70;
    while (performance.now() < busyUntilMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const due = Math.floor((performance.now() - startedMs) / 100);
  expect(served.hub.stats().tick - before).toBeGreaterThanOrEqual(due - 1);
  expect(served.hub.stats().tick - before).toBeLessThanOrEqual(due);
});
