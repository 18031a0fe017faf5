import type { SessionState } from '$lib/state/session-state.svelte.ts';
import { ApiError, failureFor, sessionDoubts } from './client.ts';
import { forgetKeptAnswers, readSession } from './session.ts';

const retryMs = 3000;
/** Coming back to a page within this does not ask again. */
const freshForMs = 5000;

/**
 * Keeps the session true: reads it at the start until the server answers, and again whenever there is reason to doubt
 * it. For the life of the page.
 */
export function followSession(session: SessionState): void {
  let isReading = false;
  let readAtMs = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    clearTimeout(retry);
    try {
      session.signedIn(await readSession());
      readAtMs = Date.now();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        session.signedOut();
        await forgetKeptAnswers();
      } else {
        session.unreachable(failureFor(error));
        if (session.who.kind === 'unknown') retry = setTimeout(() => void read(), retryMs);
      }
    } finally {
      isReading = false;
    }
  }

  const check = (): void => {
    // Somebody who is signing in has no session to lose.
    if (session.who.kind !== 'signed-out') void read();
  };
  const onVisible = (): void => {
    if (document.visibilityState === 'visible' && Date.now() - readAtMs > freshForMs) check();
  };
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('online', check);
  sessionDoubts.add(check);
  void read();
}
