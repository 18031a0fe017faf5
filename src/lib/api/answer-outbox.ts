import type { Dispatch, DispatchAnswer } from '$api/dispatches/contract.ts';
import type { Failure } from '$lib/state/loadable.ts';
import { ApiError, failureFor } from './client.ts';
import { sendAnswer } from './dispatches.ts';

/** An answer that was given, until the server has it. */
export interface KeptAnswer {
  dispatchId: string;
  /** Of the answer: sent twice it is one. */
  id: string;
  answer: DispatchAnswer;
  reason: string | null;
  /** When it was given, ISO 8601. */
  at: string;
}

export interface OutboxSurroundings {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  send(answer: KeptAnswer): Promise<Dispatch>;
  wait(ms: number): Promise<void>;
}

export interface OutboxListener {
  /** What waits now, oldest first; `isHeldUp`: the network or the server was not there the last time. */
  changed(kept: readonly KeptAnswer[], isHeldUp: boolean): void;
  taken(dispatch: Dispatch): void;
  refused(answer: KeptAnswer, failure: Failure): void;
}

const retryMs = [1000, 2000, 5000, 10_000, 20_000];

/**
 * The answers of this phone on their way to the server: kept over a reload and a dead network, sent in the order they were
 * given, each until the server has taken or refused it.
 */
export class AnswerOutbox {
  readonly #key: string;
  readonly #listener: OutboxListener;
  readonly #surroundings: OutboxSurroundings;
  #kept: readonly KeptAnswer[];
  #isSending = false;
  #isClosed = false;
  #wake: (() => void) | undefined;

  /** @param accountId whose they are: another account on this phone does not send them */
  constructor(accountId: string, listener: OutboxListener, surroundings: OutboxSurroundings = browserSurroundings) {
    this.#key = `shaodian.answers.${accountId}`;
    this.#listener = listener;
    this.#surroundings = surroundings;
    this.#kept = readKept(surroundings.storage, this.#key);
    listener.changed(this.#kept, false);
    void this.#sendAll();
  }

  put(answer: KeptAnswer): void {
    this.#keep([...this.#kept, answer], false);
    void this.#sendAll();
  }

  /** The network is back, or the page is looked at again: no reason to sit a wait out. */
  hurry(): void {
    this.#wake?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    let failures = 0;
    while (this.#kept.length > 0 && !this.#isClosed) {
      const answer = this.#kept[0]!;
      try {
        const dispatch = await this.#surroundings.send(answer);
        failures = 0;
        this.#keep(this.#kept.slice(1), false);
        this.#listener.taken(dispatch);
      } catch (error) {
        if (isFinal(error)) {
          this.#keep(this.#kept.slice(1), false);
          this.#listener.refused(answer, failureFor(error));
        } else {
          this.#listener.changed(this.#kept, true);
          const ms = retryMs[Math.min(failures++, retryMs.length - 1)]!;
          await Promise.race([this.#surroundings.wait(ms), new Promise<void>((resolve) => (this.#wake = resolve))]);
        }
      }
    }
    this.#isSending = false;
  }

  #keep(kept: readonly KeptAnswer[], isHeldUp: boolean): void {
    this.#kept = kept;
    try {
      if (kept.length === 0) this.#surroundings.storage.removeItem(this.#key);
      else this.#surroundings.storage.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Without storage they last as long as the page.
    }
    this.#listener.changed(kept, isHeldUp);
  }
}

/** The server has said no, and would again. Signed out or hurried it only says not now. */
const isFinal = (error: unknown): boolean =>
  error instanceof ApiError &&
  error.failure.kind === 'refused' &&
  error.status !== 401 &&
  error.status !== 408 &&
  error.status !== 429;

function readKept(storage: OutboxSurroundings['storage'], key: string): KeptAnswer[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isKept) : [];
  } catch {
    return [];
  }
}

const isKept = (entry: unknown): entry is KeptAnswer => {
  const { dispatchId, id, answer, at } = (entry ?? {}) as Partial<Record<keyof KeptAnswer, unknown>>;
  return [dispatchId, id, answer, at].every((text) => typeof text === 'string');
};

const browserSurroundings: OutboxSurroundings = {
  get storage() {
    return localStorage;
  },
  send: ({ dispatchId, ...answer }) => sendAnswer(dispatchId, answer),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
