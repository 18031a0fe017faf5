import { goto } from '$app/navigation';
import type { Session } from '$api/accounts/contract.ts';
import { failureFor } from '$lib/api/client.ts';
import type { Failure } from '$lib/state/loadable.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import { takeLinkToken } from './take-link-token.ts';

/** Somebody who comes by a one-time link: what it offers, the account they fill in, and the way inside. */
export class Arrival<Offer> {
  token = '';
  offer = $state.raw<Offer>();
  failure = $state.raw<Failure>();
  isBusy = $state(false);
  account = $state({ username: '', displayName: '', password: '' });
  readonly #session: SessionState;

  constructor(session: SessionState) {
    this.#session = session;
  }

  /** Takes the link's token out of the address and asks what it is good for; undefined: for nothing, see `failure`. */
  async look(lookAt: (token: string) => Promise<Offer>): Promise<Offer | undefined> {
    this.token = takeLinkToken();
    try {
      return (this.offer = await lookAt(this.token));
    } catch (error) {
      this.failure = failureFor(error);
      return undefined;
    }
  }

  /** Makes the account and goes to its first screen, signed in. */
  async enter(
    makeAccount: (filled: {
      token: string;
      username: string;
      displayName: string;
      password: string;
    }) => Promise<Session>,
  ): Promise<void> {
    this.isBusy = true;
    this.failure = undefined;
    const { username, displayName, password } = this.account;
    try {
      this.#session.signedIn(
        await makeAccount({ token: this.token, username: username.trim(), displayName: displayName.trim(), password }),
      );
      await goto('/', { replaceState: true });
    } catch (error) {
      this.failure = failureFor(error);
    } finally {
      this.isBusy = false;
    }
  }
}
