import { createContext } from 'svelte';
import { ServerOffset } from './server-offset.ts';

/**
 * The server's time, by which ages are told: the clock of a wall screen may be minutes off.
 * Ticks once a second while started.
 */
export class ClockState {
  readonly #offset = new ServerOffset();
  #nowMs = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Server time of the last tick, ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Server time now, not reactive; for what is drawn between ticks. */
  readNowMs(): number {
    return Date.now() + this.#offset.ms;
  }

  start(): void {
    this.#timer ??= setInterval(() => (this.#nowMs = this.readNowMs()), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The server said that its time is `serverMs`. */
  observeServerTime(serverMs: number): void {
    const beforeMs = this.#offset.ms;
    this.#offset.observe(serverMs, Date.now());
    if (this.#offset.ms !== beforeMs) this.#nowMs = this.readNowMs();
  }
}

export const [getClockState, setClockState] = createContext<ClockState>();
