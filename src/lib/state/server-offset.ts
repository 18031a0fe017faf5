const windowTicks = 60;

/**
 * How far the server's clock is ahead of this one, ms. What arrives was sent earlier, so the largest offset heard is the
 * nearest to the truth; of the last minute or so, because clocks drift and are set. A step of more than ten seconds back
 * is taken at once.
 */
export class ServerOffset {
  #offsetMs = -Infinity;
  #windowMaxMs = -Infinity;
  #windowCount = 0;

  /** 0 until the server has said its time. */
  get ms(): number {
    return this.#offsetMs === -Infinity ? 0 : this.#offsetMs;
  }

  /** The server said at `nowMs` of this clock that its time is `serverMs`. */
  observe(serverMs: number, nowMs: number): void {
    const offsetMs = serverMs - nowMs;
    this.#windowMaxMs = Math.max(this.#windowMaxMs, offsetMs);
    if (++this.#windowCount >= windowTicks) {
      this.#offsetMs = this.#windowMaxMs;
      this.#windowMaxMs = -Infinity;
      this.#windowCount = 0;
    } else if (offsetMs > this.#offsetMs || offsetMs <= this.#offsetMs - 10_000) this.#offsetMs = offsetMs;
  }
}
