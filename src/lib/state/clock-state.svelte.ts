import { createContext } from 'svelte';

/**
 * The server's time, by which ages are told: the clock of a wall screen may be minutes off.
 * Ticks once a second while started.
 */
export class ClockState {
  #offsetMs = 0;
  #isSet = false;
  #nowMs = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Server time of the last tick, ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Server time now, not reactive; for what is drawn between ticks. */
  readNowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => (this.#nowMs = this.readNowMs()), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /**
   * The server said that its time is `serverMs`. What arrives was sent earlier, so the largest offset heard is the
   * nearest to the truth; a step of more than ten seconds back is a clock that was set.
   */
  observeServerTime(serverMs: number): void {
    const offsetMs = serverMs - Date.now();
    if (this.#isSet && offsetMs <= this.#offsetMs && offsetMs > this.#offsetMs - 10_000) return;
    this.#isSet = true;
    this.#offsetMs = offsetMs;
    this.#nowMs = this.readNowMs();
  }
}

export const [getClockState, setClockState] = createContext<ClockState>();
