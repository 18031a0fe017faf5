import type {
  BeginLink,
  Identity,
  OwnAccount,
  OwnSession,
  OwnSessions,
  Passkey,
  PasskeyOptions,
  RecoveryCodes,
  Session,
  SignInMethods,
  TotpOffer,
} from '$api/accounts/contract.ts';
import type { IssuedToken, NewToken, Token } from '$api/accounts/tokens/contract.ts';
import { getJson, sendJson } from './client.ts';

/** The account's password, or nothing where it has none and was signed in to a moment ago. */
export type Confirmed = { password?: string };

export const readOwnAccount = (): Promise<OwnAccount> => getJson('/api/account');

export const changeOwnName = (displayName: string): Promise<void> => sendJson('PATCH', '/api/account', { displayName });
export const changePassword = (current: string, next: string): Promise<void> =>
  sendJson('PUT', '/api/account/password', { current, next });

export const readOwnSessions = async (): Promise<OwnSession[]> =>
  (await getJson<OwnSessions>('/api/account/sessions')).sessions;
export const endOwnSession = (id: string): Promise<void> => sendJson('DELETE', `/api/account/sessions/${id}`);
export const endAllOwnSessions = (): Promise<void> => sendJson('DELETE', '/api/account/sessions');

export const offerSecondFactor = (by: Confirmed): Promise<TotpOffer> =>
  sendJson('POST', '/api/account/second-factor', by);
export const confirmSecondFactor = (code: string): Promise<RecoveryCodes> =>
  sendJson('POST', '/api/account/second-factor/confirm', { code });
export const removeSecondFactor = (by: Confirmed): Promise<void> =>
  sendJson('DELETE', '/api/account/second-factor', by);
export const makeRecoveryCodes = (by: Confirmed): Promise<RecoveryCodes> =>
  sendJson('POST', '/api/account/recovery-codes', by);

export const beginPasskey = (by: Confirmed): Promise<PasskeyOptions> =>
  sendJson('POST', '/api/account/passkeys/begin', by);
export const addPasskey = (name: string, credential: object): Promise<Passkey> =>
  sendJson('POST', '/api/account/passkeys', { name, credential });
export const removePasskey = (id: string, by: Confirmed): Promise<void> =>
  sendJson('DELETE', `/api/account/passkeys/${id}`, by);

export const beginPasskeySignIn = (): Promise<PasskeyOptions> => sendJson('POST', '/api/session/passkey/begin');
export const signInByPasskey = (credential: object): Promise<Session> =>
  sendJson('POST', '/api/session/passkey', { credential });

export const readSignInMethods = (): Promise<SignInMethods> => getJson('/api/sign-in-methods');
export const beginLink = (providerId: string, by: Confirmed): Promise<BeginLink> =>
  sendJson('POST', '/api/account/identities', { providerId, ...by });
export const removeIdentity = (id: Identity['id'], by: Confirmed): Promise<void> =>
  sendJson('DELETE', `/api/account/identities/${id}`, by);

export const readTokens = async (): Promise<Token[]> =>
  (await getJson<{ tokens: Token[] }>('/api/account/tokens')).tokens;
export const issueToken = (token: NewToken): Promise<IssuedToken> => sendJson('POST', '/api/account/tokens', token);
export const revokeToken = (id: string): Promise<void> => sendJson('DELETE', `/api/account/tokens/${id}`);
