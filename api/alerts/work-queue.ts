/** The most works that wait; beyond it the oldest is dropped, and told. */
const maxWaiting = 10_000;
const retryMs = 1000;

interface Work {
  key: string | undefined;
  run(): Promise<void>;
  tries: number;
}

/** Does one work after the other, in the order they came; one that fails is tried again until its tries are used up. */
export class WorkQueue {
  #waiting: Work[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;
  #tries: number;
  #onError: (error: unknown) => void;
  #endPause: (() => void) | undefined;

  /** @param tries of each work: a database that is away for a minute loses nothing with 60 */
  constructor(onError: (error: unknown) => void, { tries = 60 }: { tries?: number } = {}) {
    this.#onError = onError;
    this.#tries = tries;
  }

  /** @param key of two works of one key that wait only one is done */
  add(run: () => Promise<void>, key?: string): void {
    if (this.#isClosed || (key !== undefined && this.#waiting.some((work) => work.key === key))) return;
    if (this.#waiting.length >= maxWaiting) {
      this.#waiting.shift();
      this.#onError(new Error('too much is waiting: the oldest was dropped'));
    }
    this.#waiting.push({ key, run, tries: this.#tries });
    this.#running ??= this.#work();
  }

  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Takes no more, and resolves when what waits is done, or has failed once more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endPause?.();
    await this.settled();
  }

  async #work(): Promise<void> {
    for (let work = this.#waiting.shift(); work; work = this.#waiting.shift()) {
      try {
        await work.run();
      } catch (error) {
        if (--work.tries <= 0 || this.#isClosed) this.#onError(error);
        else {
          // What came after it must not overtake it.
          this.#waiting.unshift(work);
          if (work.tries === this.#tries - 1) this.#onError(error);
          await this.#pause();
        }
      }
    }
    this.#running = undefined;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
