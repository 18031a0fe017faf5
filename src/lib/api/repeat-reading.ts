import type { ChangedNoun } from '$api/live/contract.ts';

/** Changes that come in a burst are answered by one read. */
const atMostEveryMs = 1000;
const retryMs = 5000;

export interface Repeated {
  /** The server said that this noun changed. */
  changed(noun: ChangedNoun): void;
  end(): void;
}

/**
 * Reads now, when one of the nouns changed, and every so often; a read that failed is tried again after five seconds.
 * One read at a time, so that an older answer never replaces a newer one.
 */
export function repeatReading(what: {
  nouns: readonly ChangedNoun[];
  everyMs: number;
  read(signal: AbortSignal): Promise<void>;
  failed?(error: unknown): void;
}): Repeated {
  const ended = new AbortController();
  const { signal } = ended;
  let isReading = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAtMs = -Infinity;

  const readIn = (waitMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), waitMs);
  };
  async function read(): Promise<void> {
    isReading = true;
    isWanted = false;
    let nextMs = what.everyMs;
    try {
      await what.read(signal);
    } catch (error) {
      if (signal.aborted) return;
      what.failed?.(error);
      nextMs = retryMs;
    } finally {
      isReading = false;
      readAtMs = Date.now();
    }
    if (!signal.aborted) readIn(isWanted ? atMostEveryMs : nextMs);
  }
  void read();

  return {
    changed(noun) {
      if (signal.aborted || !what.nouns.includes(noun)) return;
      if (isReading) isWanted = true;
      // A clock that was put back must not make it wait for ever.
      else readIn(Math.min(atMostEveryMs, Math.max(0, readAtMs + atMostEveryMs - Date.now())));
    },
    end() {
      clearTimeout(timer);
      ended.abort();
    },
  };
}
