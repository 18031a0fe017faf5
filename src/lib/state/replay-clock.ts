/** How many seconds of the past one second shows. */
export const replaySpeeds = [1, 2, 5, 10, 30, 60, 120] as const;
export type ReplaySpeed = (typeof replaySpeeds)[number];

/**
 * The one clock of a replay: everything on the screen stands where it stood at this moment. It is read, not counted up,
 * so that slow frames, a hidden page or a missed timer lose nothing. Times are milliseconds since 1970; `wallMs` is any
 * clock that only goes forward, such as `performance.now()`.
 */
export class ReplayClock {
  readonly from: number;
  readonly to: number;
  #speed: ReplaySpeed = 1;
  #atMs: number;
  /** When the clock was at `#atMs`; undefined: it stands there. */
  #sinceMs: number | undefined;

  constructor(from: number, to: number, atMs = from, speed: ReplaySpeed = 1) {
    this.from = from;
    this.to = to;
    this.#atMs = this.#within(atMs);
    this.#speed = speed;
  }

  get speed(): ReplaySpeed {
    return this.#speed;
  }

  get isPlaying(): boolean {
    return this.#sinceMs !== undefined;
  }

  read(wallMs: number): number {
    const since = this.#sinceMs;
    return since === undefined ? this.#atMs : this.#within(this.#atMs + Math.max(0, wallMs - since) * this.#speed);
  }

  /** From the end it begins anew. */
  play(wallMs: number): void {
    if (this.isPlaying) return;
    if (this.#atMs >= this.to) this.#atMs = this.from;
    this.#sinceMs = wallMs;
  }

  pause(wallMs: number): void {
    this.#atMs = this.read(wallMs);
    this.#sinceMs = undefined;
  }

  /** Goes on from the moment that is shown now. */
  setSpeed(speed: ReplaySpeed, wallMs: number): void {
    this.seek(this.read(wallMs), wallMs);
    this.#speed = speed;
  }

  /** Shows this moment; a clock that goes, goes on from there. */
  seek(atMs: number, wallMs: number): void {
    this.#atMs = this.#within(atMs);
    if (this.isPlaying) this.#sinceMs = wallMs;
  }

  #within(atMs: number): number {
    return Math.min(this.to, Math.max(this.from, atMs));
  }
}
