// What stands between a cold cache and the first useful picture: the real server with its demo, the real build, a
// Chromium that was never here. Useful is a map on which grids and units can be seen: the page is made to look for their
// colours on its canvas once markers were drawn, which is in the time that is told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from '@playwright/test';
import pg from 'pg';
import type { Rgb } from '../../src/lib/layers/palette.ts';
import { signInAs } from '../e2e/sign-in.ts';
import { startServerProcess } from '../e2e/start-server.ts';
import { resolveAliases } from '../fixtures/resolve-aliases.ts';
import { MainThread, openChromium } from './browser/open-chromium.ts';
import type { Bench, BenchRow } from './contract.ts';
import { middleOf } from './pgbench.ts';

resolveAliases();
const { palettes } = await import('../../src/lib/layers/palette.ts');

const root = join(import.meta.dirname, '../..');
const waitMs = 90_000;

export const run: Bench = async ({ postgisUrl, quick }) => {
  if (!postgisUrl) return [];
  const mapFile = findMapFile();
  const environment = { DATABASE_URL: await makeDatabase(postgisUrl) };
  const server = await startServerProcess({ environment, timeoutMs: 300_000 });
  const browser = await openChromium();
  try {
    await untilUnitsReport(server.url, browser);
    const visits: Visit[] = [];
    for (let visit = 0; visit < (quick ? 1 : 3); visit++) visits.push(await visitOnce(browser, server.url, mapFile));
    const middle = (kind: keyof Visit): number => middleOf(visits.map((visit) => visit[kind]));
    return [
      row('bytes before the first useful picture: map with grids and units', middle('bytes') / 1000, 'kB', {
        peer: `${(middle('shellBytes') / 1000).toFixed(0)} kB of it before the shell stood`,
      }),
      row('main thread before it, CPU', middle('cpuMs'), 'ms', {
        peer: `longest task ${middle('longestTaskMs').toFixed(0)} ms; the picture was looked at ${middle('looks')} times`,
      }),
      row('from the address to it, drawn in software', middle('pictureMs'), 'ms', {
        peer: `shell after ${middle('shellMs').toFixed(0)} ms, first paint after ${middle('paintMs').toFixed(0)} ms`,
      }),
      row('the map’s code is asked for after the shell stands', middle('mapAskedMs') - middle('shellMs'), 'ms', {
        aim: '> 0 in every visit',
        met: visits.every(({ mapAskedMs, shellMs }) => mapAskedMs > shellMs),
      }),
    ];
  } finally {
    await browser.close();
    await server.remove();
  }
};

/** Times since the address was opened, ms; bytes as they came over the line. */
interface Visit {
  bytes: number;
  shellBytes: number;
  cpuMs: number;
  longestTaskMs: number;
  shellMs: number;
  paintMs: number;
  mapAskedMs: number;
  pictureMs: number;
  looks: number;
}

async function visitOnce(browser: Browser, url: string, mapFile: string): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 960, height: 540 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
  });
  try {
    await signInAs(context, 'commander', url);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const bytes = await countBytes(session);
    const thread = await MainThread.of(page);
    const { light } = palettes;
    await page.addInitScript(watchPage, {
      units: Object.values(light.units),
      // An outline of a little more than half its strength on the ground of a light map.
      outline: mixed(light.grid, [244, 241, 234], 140 / 255),
      fewestUnits: 20,
    });
    await page.goto(url);
    const shellBytes = await page
      .waitForFunction(() => performance.getEntriesByName('shell').length > 0, undefined, { timeout: waitMs })
      .then(() => bytes.sum);
    const seen = await page.evaluate<Seen>('watched');
    const [cpuMs, sum] = [await thread.spentMs(), bytes.sum];
    const mapAskedMs = await askedAt(page, mapFile);
    return { ...seen, mapAskedMs, bytes: sum, shellBytes, cpuMs };
  } finally {
    await context.close();
  }
}

type Seen = Pick<Visit, 'shellMs' | 'paintMs' | 'pictureMs' | 'longestTaskMs' | 'looks'>;

/** Runs in the page before all else; tells by `window.watched` when grids and units can be seen. */
function watchPage({ units, outline, fewestUnits }: { units: Rgb[]; outline: Rgb; fewestUnits: number }): void {
  const original = HTMLCanvasElement.prototype.getContext as (...args: unknown[]) => unknown;
  // What was drawn stays readable between frames.
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, attributes?: object) {
    return original.call(this, kind, kind === 'webgl2' ? { ...attributes, preserveDrawingBuffer: true } : attributes);
  } as typeof HTMLCanvasElement.prototype.getContext;

  let longestTaskMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('main.stage')) return;
    performance.mark('shell');
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });

  const near = (data: Uint8ClampedArray, at: number, [r, g, b]: Rgb): boolean =>
    Math.abs(data[at]! - r) < 26 && Math.abs(data[at + 1]! - g) < 26 && Math.abs(data[at + 2]! - b) < 26;
  const pen = new OffscreenCanvas(480, 270).getContext('2d', { willReadFrequently: true })!;
  // Reading the picture back costs as much as drawing it: it is done once markers were drawn, and seldom from then on.
  let wasDrawn = false;
  const prototype = WebGL2RenderingContext.prototype;
  const { drawArraysInstanced } = prototype;
  prototype.drawArraysInstanced = function (mode, first, count, instances) {
    drawArraysInstanced.call(this, mode, first, count, instances);
    wasDrawn ||= instances >= fewestUnits;
  };
  let looks = 0;
  const isUseful = (): boolean => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.maplibregl-canvas');
    if (!canvas) return false;
    pen.drawImage(canvas, 0, 0, 480, 270);
    const { data } = pen.getImageData(0, 0, 480, 270);
    let [bodies, outlines] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (near(data, at, outline)) outlines++;
      else if (units.some((unit) => near(data, at, unit))) bodies++;
    }
    return bodies > 150 && outlines > 150;
  };
  const watched = new Promise<Seen>((resolve) => {
    const look = (): void => {
      const startedMs = performance.now();
      if (!wasDrawn) return void setTimeout(look, 20);
      looks++;
      if (!isUseful()) return void setTimeout(look, 500);
      resolve({
        shellMs: performance.getEntriesByName('shell')[0]!.startTime,
        paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        pictureMs: startedMs,
        longestTaskMs,
        looks,
      });
    };
    look();
  });
  Object.assign(window, { watched });
}

const mixed = (over: Rgb, under: Rgb, share: number): Rgb =>
  over.map((value, i) => value * share + under[i]! * (1 - share)) as unknown as Rgb;

async function countBytes(session: CDPSession): Promise<{ sum: number }> {
  const bytes = { sum: 0 };
  session.on('Network.responseReceived', ({ response }) => (bytes.sum += response.encodedDataLength));
  session.on('Network.dataReceived', ({ encodedDataLength }) => (bytes.sum += encodedDataLength));
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    bytes.sum += response.opcode === 2 ? (response.payloadData.length * 3) / 4 : response.payloadData.length;
  });
  await session.send('Network.enable');
  return bytes;
}

const askedAt = (page: Page, file: string): Promise<number> =>
  page.evaluate(
    (ending) =>
      (performance.getEntriesByType('resource') as unknown as { name: string; startTime: number }[]).find(({ name }) =>
        name.endsWith(ending),
      )!.startTime,
    file,
  );

/** An empty database beside the others' rows, for the demo. @returns its URL */
async function makeDatabase(postgisUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgisUrl });
  await client.connect();
  const name = `first_picture_${Date.now()}`;
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgisUrl);
  url.pathname = name;
  return url.href;
}

/** The chunk that begins the map, by the build's own list. */
function findMapFile(): string {
  const manifest = JSON.parse(
    readFileSync(join(root, '.svelte-kit/output/client/.vite/manifest.json'), 'utf8'),
  ) as Record<string, { file: string }>;
  return Object.entries(manifest).find(([name]) => name.endsWith('src/lib/map/Map.svelte'))![1].file;
}

async function untilUnitsReport(url: string, browser: Browser): Promise<void> {
  const context = await browser.newContext();
  try {
    await signInAs(context, 'commander', url);
    for (let waited = 0; waited < 90; waited++) {
      const { units } = (await (await context.request.get(`${url}/api/units`)).json()) as { units: { at: unknown }[] };
      if (units.length > 0 && units.every(({ at }) => at !== null)) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    throw new Error('the demo’s units did not all report');
  } finally {
    await context.close();
  }
}

const row = (what: string, value: number, unit: string, more: Partial<BenchRow>): BenchRow => ({
  id: 'first picture',
  what: `cold cache: ${what}`,
  value,
  unit,
  ...more,
});
