import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../database/database.ts';
import { listStationTree } from '../../stations/queries.ts';
import { findViewers } from '../session-queries.ts';
import { spreadRoles, type Viewer } from '../viewer.ts';
import { tokenPrefix } from './contract.ts';
import { findHeldToken, touchToken } from './queries.ts';

export interface Tokens {
  /** Who asks by a personal token; undefined: the request carries none, or it no longer holds. At most two seconds old. */
  find(request: Request): Promise<Viewer | undefined>;
  /** Forgets what is cached, after one was revoked. */
  forget(): void;
}

/** 256 random bits, with a beginning by which it is recognised. */
export const makePersonalToken = (): string => tokenPrefix + randomBytes(32).toString('base64url');

export const hashPersonalToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const tokenPattern = new RegExp(`^${tokenPrefix}[\\w-]{43}$`);

/** The personal token of `Authorization: Bearer …`, or that is the password of Basic; undefined: none. A device's is no such. */
export function readPersonalToken(request: Request): string | undefined {
  const [, scheme, value] = /^(Bearer|Basic) +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (!scheme || !value) return undefined;
  const token =
    scheme.toLowerCase() === 'bearer'
      ? value
      : Buffer.from(value, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '');
  return tokenPattern.test(token) ? token : undefined;
}

const freshForMs = 2000;
const touchEveryMs = 60_000;
const maxCached = 10_000;

/** Personal tokens live in the database; what a request needs of one is kept for two seconds, as of sessions. */
export function createTokens(database: Database): Tokens {
  const cache = new Map<string, { viewer: Viewer | undefined; checkedAtMs: number }>();
  let generation = 0;

  async function load(key: string): Promise<Viewer | undefined> {
    const startedIn = generation;
    const found = await database.inScope([], async (transaction) => {
      const token = await findHeldToken(transaction, Buffer.from(key, 'hex'));
      const [account] = token ? await findViewers(transaction, [token.accountId]) : [];
      return token && account && { token, account };
    });
    // Somebody else has set its password: until the owner has come back, nothing of theirs is trusted.
    const isTrusted = found && !found.account.mustChangePassword;
    let viewer: Viewer | undefined;
    if (isTrusted) {
      const { token, account } = found;
      const rolesAt = spreadRoles(account.roles, await listStationTree(database));
      viewer = {
        kind: 'token',
        accountId: account.accountId,
        username: account.username,
        displayName: account.displayName,
        homeStationId: account.stationId,
        memberId: account.memberId,
        rolesAt,
        stationIds: [...rolesAt.keys()],
        ownUnits: account.units,
        sessionId: null,
        tokenNouns: token.nouns,
      };
      if (Date.now() - (token.lastUsedAt?.getTime() ?? 0) > touchEveryMs)
        await database.inScope([token.stationId], (transaction) =>
          touchToken(transaction, token.stationId, token.tokenId),
        );
    }
    // What was read before a `forget` may be what was to be forgotten.
    if (startedIn === generation) {
      cache.delete(key);
      cache.set(key, { viewer, checkedAtMs: Date.now() });
      if (cache.size > maxCached) cache.delete(cache.keys().next().value!);
    }
    return viewer;
  }

  return {
    async find(request) {
      const token = readPersonalToken(request);
      if (token === undefined) return undefined;
      const key = hashPersonalToken(token).toString('hex');
      const cached = cache.get(key);
      return cached && Date.now() - cached.checkedAtMs < freshForMs ? cached.viewer : load(key);
    },
    forget() {
      generation++;
      cache.clear();
    },
  };
}
