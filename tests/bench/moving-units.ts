// R7: what 20,000 moving units cost a page's main thread. The page's own decoder, columns, layers and map in a real
// Chromium; beside it MapLibre's GeoJSON source with the same units, and as many dots that stand still.
// The time is that of update and frame callbacks up to where the last draw call is handed over, and, for the comparison
// with setData, whose work is spread over many tasks, the CPU time of the main thread by DevTools.
import type { Page } from '@playwright/test';
import { payloadOf } from '../fixtures/payload-of.ts';
import type { FrameCost, TickCost } from './browser/costs.ts';
import { call, MainThread, openChromium, openPart } from './browser/open-chromium.ts';
import { servePages, type Served } from './browser/serve-pages.ts';
import type { Bench, BenchRow } from './contract.ts';
import { makeCity, unitCount, wholeCity } from './live/city.ts';
import { middleOf } from './pgbench.ts';

const view = { lngLat: [116.08, 39.08], zoom: 10.1 } as const;
const queryOf = (layers: string): string => `/?v=${view.zoom}/${view.lngLat[1]}/${view.lngLat[0]}&layers=${layers}`;
const named = unitCount.toLocaleString('en');

export const run: Bench = async ({ quick, seed }) => {
  const ticks = quick ? 8 : 24;
  const frames = quick ? 10 : 30;
  const files = makeMessages(seed, ticks);
  const server = await servePages(files);
  const browser = await openChromium();
  try {
    const measureTicks = async (page: Page): Promise<TickCost & { cpuMs: number }> => {
      const thread = await MainThread.of(page);
      const costs: (TickCost & { cpuMs: number })[] = [];
      for (let tick = 1; tick <= ticks; tick++) {
        const before = await thread.spentMs();
        const cost = await call<TickCost>(page, 'take', tick);
        costs.push({ ...cost, cpuMs: (await thread.spentMs()) - before });
      }
      // The first ones find code that was never run.
      const settled = costs.slice(2);
      return {
        updateMs: middleOf(settled.map(({ updateMs }) => updateMs)),
        drawMs: middleOf(settled.map(({ drawMs }) => drawMs)),
        cpuMs: middleOf(settled.map(({ cpuMs }) => cpuMs)),
      };
    };

    const markers = await openPart(browser, server.url, 'units');
    await call(markers, 'open', queryOf('units'), ticks);
    const shown = await call<number>(markers, 'countUnits');
    if (shown !== unitCount) throw new Error(`${shown} of ${unitCount} units are on the map`);
    const ours = await measureTicks(markers);
    const resting = await openPart(browser, server.url, 'resting');
    await call(resting, 'open', queryOf('grids'));
    // In turns, so that both meet the same machine.
    const turns: { moving: FrameCost; still: FrameCost }[] = [];
    for (let turn = 0; turn < (quick ? 1 : 3); turn++)
      turns.push({
        moving: middleCost(await watch(markers, frames)),
        still: middleCost(await watch(resting, frames)),
      });
    await markers.close();
    await resting.close();

    const whole = await openPart(browser, server.url, 'units');
    await call(whole, 'open', queryOf('units,trails,labels'), ticks);
    const withTrails = await measureTicks(whole);
    await whole.close();

    const peerPage = await openPart(browser, server.url, 'setData');
    await call(peerPage, 'open', view.lngLat, view.zoom);
    const peer = await measureTicks(peerPage);

    const mainMs = ours.updateMs + ours.drawMs;
    const ratio = peer.cpuMs / ours.cpuMs;
    const stillMs = middleOf(turns.map(({ still }) => still.scriptMs));
    const slower = (kind: keyof FrameCost) => middleOf(turns.map(({ moving, still }) => moving[kind] / still[kind]));
    return [
      row(`main thread a tick, ${named} moving units: update and frame up to the last draw call`, mainMs, {
        peer: `of it update ${ours.updateMs.toFixed(1)} ms`,
        aim: '≤ 8 ms',
        met: mainMs <= 8,
      }),
      row('CPU of the main thread a tick, all its tasks', ours.cpuMs, {
        peer: `MapLibre GeoJSON setData, same units, ${peer.cpuMs.toFixed(0)} ms (${(peer.updateMs + peer.drawMs).toFixed(0)} ms in setData and frames)`,
        ratio,
        aim: '≥ 10 ×',
        met: ratio >= 10,
      }),
      row('a frame between ticks, main thread', middleOf(turns.map(({ moving }) => moving.scriptMs)), {
        peer: `static layer of ${named}, ${stillMs.toFixed(2)} ms`,
        ratio: 1 / slower('scriptMs'),
        aim: '≤ 1.2 × of it',
        met: slower('scriptMs') <= 1.2,
      }),
      row('a frame between ticks, until all is drawn', middleOf(turns.map(({ moving }) => moving.wholeMs)), {
        peer: `static layer of ${named}, ${middleOf(turns.map(({ still }) => still.wholeMs)).toFixed(0)} ms, drawn in software`,
        ratio: 1 / slower('wholeMs'),
      }),
      row('main thread a tick with trails and call signs', withTrails.updateMs + withTrails.drawMs, {
        peer: `of it update ${withTrails.updateMs.toFixed(1)} ms; CPU of all its tasks ${withTrails.cpuMs.toFixed(1)} ms`,
      }),
    ];
  } finally {
    await browser.close();
    server.close();
  }
};

const watch = (page: Page, frames: number): Promise<FrameCost[]> => call(page, 'frames', frames);

const middleCost = (costs: readonly FrameCost[]): FrameCost => ({
  scriptMs: middleOf(costs.map(({ scriptMs }) => scriptMs)),
  wholeMs: middleOf(costs.map(({ wholeMs }) => wholeMs)),
});

/** What the server sends: everything first, then each second all units, some metres on. */
function makeMessages(seed: number, ticks: number): Map<string, Served> {
  const { units, feed, fixes } = makeCity(seed);
  const files = new Map<string, Served>();
  const positions = new Float64Array(fixes.flatMap(({ lng, lat }) => [lng, lat]));
  files.set('/positions', { body: new Uint8Array(positions.buffer) });
  const give = (tick: number, message: Buffer) =>
    files.set(`/ticks/${tick}`, { body: new Uint8Array(payloadOf(message)) });
  const startedMs = Date.now();
  feed.advance(1, startedMs, units.takeChanges());
  give(0, feed.reset(wholeCity));
  for (let tick = 1; tick <= ticks; tick++) {
    const nowMs = startedMs + tick * 1000;
    for (const fix of fixes) {
      fix.lng += tick % 2 === 0 ? -0.00005 : 0.00005;
      fix.observedAtMs = nowMs - 200;
      units.put(fix);
    }
    feed.advance(tick + 1, nowMs, units.takeChanges());
    give(tick, feed.delta(wholeCity));
  }
  return files;
}

const row = (what: string, value: number, more: Partial<BenchRow>): BenchRow => ({
  id: 'R7',
  what,
  value,
  unit: 'ms',
  ...more,
});
