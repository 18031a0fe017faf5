import type { Session, SignIn } from '$api/accounts/contract.ts';
import { getJson, sendJson } from './client.ts';

export const readSession = (signal?: AbortSignal): Promise<Session> => getJson('/api/session', { signal });

/** @throws {ApiError} with the problem that the form has to tell: a wrong password, a second factor, too many tries. */
export const signIn = (how: SignIn): Promise<Session> => sendJson('POST', '/api/session', how);

/** After an identity provider that told of no second factor; the code or a recovery code. */
export const giveSecondFactor = (code: string): Promise<Session> =>
  sendJson('POST', '/api/session/second-factor', { code });

/**
 * Ends the session and leaves nothing of it behind: what was kept of the API's answers is deleted and the page is
 * loaded anew, so that nothing read stays in its memory.
 * @throws {ApiError} when the server could not be told; then the person is still signed in.
 */
export async function signOut(): Promise<void> {
  await sendJson('DELETE', '/api/session');
  await forgetKeptAnswers();
  location.assign('/sign-in');
}

/** The base map's tiles are all that is kept of the API's answers; the next person on this device gets their own. */
export async function forgetKeptAnswers(): Promise<void> {
  // On plain http there is no cache, and none to empty.
  if ('caches' in globalThis) await caches.delete('tiles').catch(() => false);
}
