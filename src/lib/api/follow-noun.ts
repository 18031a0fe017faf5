import type { ChangedNoun } from '$api/live/contract.ts';
import type { Listeners } from '$lib/state/listeners.ts';
import { failureFor } from './client.ts';
import type { Failure } from '$lib/state/loadable.ts';

const retryMs = 5000;

/** What is followed, and who wants it. */
interface Follow<Row> {
  noun: ChangedNoun;
  news: Listeners<ChangedNoun>;
  read(signal: AbortSignal): Promise<Row[]>;
  loaded(rows: Row[]): void;
  failed(failure: Failure): void;
}

/**
 * Reads a list now and whenever the server says that it changed; after a failure again and again. News that come while
 * it is read are read once more after it.
 * @returns the end of it
 */
export function followNoun<Row>({ noun, news, read, loaded, failed }: Follow<Row>): () => void {
  const ended = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  let isDue = false;
  async function readNow(): Promise<void> {
    isDue = true;
    if (isReading) return;
    isReading = true;
    clearTimeout(retry);
    while (isDue && !ended.signal.aborted) {
      isDue = false;
      try {
        const rows = await read(ended.signal);
        if (!ended.signal.aborted) loaded(rows);
      } catch (error) {
        if (ended.signal.aborted) break;
        failed(failureFor(error));
        retry = setTimeout(() => void readNow(), retryMs);
      }
    }
    isReading = false;
  }
  void readNow();
  const stop = news.add((changed) => changed === noun && void readNow());
  return () => {
    stop();
    clearTimeout(retry);
    ended.abort();
  };
}
