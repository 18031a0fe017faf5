/** Seconds until something may be tried again, told once a second. */
export class Countdown {
  #leftS = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  get leftS(): number {
    return this.#leftS;
  }

  start(seconds: number): void {
    clearInterval(this.#timer);
    // By the clock, since a page in the background is not told each second.
    const endsAtMs = Date.now() + seconds * 1000;
    const tell = (): void => {
      this.#leftS = Math.max(0, Math.ceil((endsAtMs - Date.now()) / 1000));
      if (this.#leftS === 0) clearInterval(this.#timer);
    };
    this.#timer = setInterval(tell, 1000);
    tell();
  }
}
