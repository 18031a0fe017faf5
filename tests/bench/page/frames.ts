import type { FrameCost } from '../browser/costs.ts';

// Loaded before anything that asks for frames or a graphics context: what a frame costs the main thread is what its
// callbacks take, up to where the last draw call is handed over.

interface Frame {
  /** When it began, by `performance.now()`. */
  atMs: number;
  /** What its callbacks took. */
  scriptMs: number;
}

let frame: Frame = { atMs: -1, scriptMs: 0 };
let spentMs = 0;

const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) =>
  ask((atMs) => {
    const startedMs = performance.now();
    try {
      callback(atMs);
    } finally {
      const tookMs = performance.now() - startedMs;
      spentMs += tookMs;
      if (frame.atMs === atMs) frame.scriptMs += tookMs;
      else frame = { atMs, scriptMs: tookMs };
    }
  });

/** Milliseconds that callbacks of frames have taken since the page began. */
export const spentInFrames = (): number => spentMs;

/** How often so many objects were drawn in one call: instances, or points. */
const drawn = new Map<number, number>();
let largest = 0;
function note(count: number): void {
  drawn.set(count, (drawn.get(count) ?? 0) + 1);
  largest = Math.max(largest, count);
}
const prototype = WebGL2RenderingContext.prototype;
const { drawArrays, drawArraysInstanced } = prototype;
prototype.drawArrays = function (mode, first, count) {
  if (mode === this.POINTS) note(count);
  drawArrays.call(this, mode, first, count);
};
prototype.drawArraysInstanced = function (mode, first, count, instances) {
  note(instances);
  drawArraysInstanced.call(this, mode, first, count, instances);
};

/** How often that many objects were drawn in one call. */
export const drawnTimes = (instances: number): number => drawn.get(instances) ?? 0;
/** The most objects drawn in one call so far. */
export const mostDrawn = (): number => largest;

/** When the next frame is through, its work over: a task behind it. */
export const nextFrame = (): Promise<void> => new Promise((resolve) => ask(() => setTimeout(resolve, 0)));

/** Waits frame by frame. @throws after a minute, so that a page that never draws ends the run. */
export async function untilDrawn(isDrawn: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!isDrawn()) {
    if (performance.now() > deadlineMs) throw new Error('nothing was drawn within a minute');
    await nextFrame();
  }
}

/** Waits until the graphics card is through with all it was given, and says when. */
export function finishDrawing(): number {
  const gl = document.querySelector('canvas')!.getContext('webgl2')!;
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now();
}

/** A machine that others use too draws few frames in software in this. */
const watchForMs = 8000;

/** Has so many frames drawn, one after the other, or as many as there is time for. */
export async function watchFrames(count: number, repaint: () => void): Promise<FrameCost[]> {
  const costs: FrameCost[] = [];
  repaint();
  await nextFrame();
  const endsAtMs = performance.now() + watchForMs;
  for (let i = 0; i < count && (i < 3 || performance.now() < endsAtMs); i++) {
    const [before, startedMs] = [spentMs, performance.now()];
    repaint();
    await nextFrame();
    // What it drew is on its way; the next frame would else be asked for while this one is being made.
    costs.push({ scriptMs: spentMs - before, wholeMs: finishDrawing() - startedMs });
  }
  return costs;
}
