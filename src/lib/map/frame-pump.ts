/** A frame that takes longer than this comes from a machine that draws in software, ms. */
const slowFrameMs = 25;

/**
 * Asks for frames while something moves. On a machine that draws slowly it leaves as much time between frames as one
 * takes, so that clicks and the rest of the screen get through.
 */
export class FramePump {
  readonly #draw: () => void;
  #untilMs = 0;
  #request: number | undefined;
  #drawnAtMs = -Infinity;
  #costMs = 0;
  #wasDrawn = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Frames are wanted until then, by `performance.now()`. */
  runUntil(timeMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, timeMs);
    this.#request ??= requestAnimationFrame(this.#onFrame);
  }

  stop(): void {
    if (this.#request !== undefined) cancelAnimationFrame(this.#request);
    this.#request = undefined;
    this.#untilMs = 0;
  }

  readonly #onFrame = (): void => {
    const nowMs = performance.now();
    // The browser gives the next frame when it is through with the last one.
    if (this.#wasDrawn) this.#costMs = nowMs - this.#drawnAtMs;
    this.#wasDrawn = false;
    const waitMs = this.#costMs > slowFrameMs ? 2 * this.#costMs : 0;
    const isLast = nowMs >= this.#untilMs;
    if (isLast || nowMs - this.#drawnAtMs >= waitMs) {
      this.#draw();
      this.#drawnAtMs = nowMs;
      this.#wasDrawn = true;
    }
    this.#request = isLast ? undefined : requestAnimationFrame(this.#onFrame);
  };
}
