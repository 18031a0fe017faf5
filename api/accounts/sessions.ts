import { hash as digest, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { cookieValue, type CookieJar } from './cookies.ts';
import { findSecondFactorKinds } from './second-factor/queries.ts';
import { duesOf, needsSecondFactor, type Dues } from './session-dues.ts';
import { listStationTree } from '../stations/queries.ts';
import { limitsOf } from './session-limits.ts';
import {
  endSessions,
  findInstallationId,
  findSessions,
  findViewers,
  insertSession,
  touchSessions,
  type SessionRow,
  type ViewerRow,
} from './session-queries.ts';
import { spreadRoles, type Viewer } from './viewer.ts';

/** A session that holds, with what its account is now. */
export interface HeldSession {
  viewer: Viewer;
  session: Omit<SessionRow, 'tokenHash'>;
  account: ViewerRow;
  /** What has to be done first; until then the viewer is nothing anywhere. */
  dues: Dues;
}

export interface Sessions {
  readonly cookieName: string;
  /** For the other cookies of signing in. */
  readonly jar: CookieJar;
  /** Whether the account may do nothing without a second factor. */
  needsSecondFactor(account: Pick<ViewerRow, 'needsSecondFactor' | 'isDemo'>): boolean;
  /** The session of the request's cookie; undefined: none, or it no longer holds. At most two seconds old. */
  find(request: Request): Promise<HeldSession | undefined>;
  /** The same of a Cookie header, when it is known without asking the database. */
  known(cookie: string | undefined): HeldSession | undefined;
  /** @returns the value for the Set-Cookie header */
  begin(
    accountId: string,
    how: { methods: readonly string[]; userAgent: string | null; address: string | null },
  ): Promise<{ setCookie: string; held: HeldSession }>;
  /** Ends one session of an account, or all of them but one. @returns how many ended */
  end(
    account: { stationId: string; accountId: string },
    which?: { id?: string; except?: string | null },
  ): Promise<number>;
  /** The Set-Cookie that forgets. */
  readonly clearCookie: string;
  /** Forgets what is cached of everybody: after roles, crews or accounts changed. */
  forget(): void;
  /** How many sessions were used in the last minute. */
  activeCount(): number;
  close(): void;
}

interface Cached {
  held: HeldSession | undefined;
  checkedAtMs: number;
  usedAtMs: number;
}

/** What is cached is asked for again after this. A sign-out elsewhere, a lost role and an ended shift are seen within it. */
const freshForMs = 2000;
/** Sessions used within this are kept fresh in the background, so that few requests wait for the database. */
const warmForMs = 60_000;
const touchEveryMs = 60_000;
/** A cookie that names no session is remembered as such only briefly and never floods the memory. */
const maxCached = 10_000;

/**
 * Sessions live in the database; what a request needs of them is kept for two seconds.
 * @param isSecure whether pages come by TLS or from this very machine, where browsers accept `__Host-` cookies; elsewhere
 * (a demo on plain http) the cookie has no such prefix.
 * @param exemptsDemo whether the demo's administrator does without a second factor: only on this machine's own address
 */
export async function createSessions(
  database: Database,
  { isSecure, poll = true, exemptsDemo = false }: { isSecure: boolean; poll?: boolean; exemptsDemo?: boolean },
): Promise<Sessions> {
  const installationId = await database.inScope([], findInstallationId);
  const cookieName = `${isSecure ? '__Host-' : ''}shaodian-${installationId.slice(0, 8)}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  const needs = (account: Pick<ViewerRow, 'needsSecondFactor' | 'isDemo'>): boolean =>
    needsSecondFactor(account, exemptsDemo);
  const cache = new Map<string, Cached>();
  const loading = new Map<string, Promise<HeldSession | undefined>>();
  let generation = 0;

  async function load(hashes: readonly string[]): Promise<Map<string, HeldSession>> {
    const startedIn = generation;
    const found = await database.inScope([], async (transaction) => {
      const rows = await findSessions(
        transaction,
        hashes.map((hash) => Buffer.from(hash, 'hex')),
      );
      if (rows.length === 0) return { rows, accounts: [], factors: [] };
      const accountIds = [...new Set(rows.map((row) => row.accountId))];
      return {
        rows,
        accounts: await findViewers(transaction, accountIds),
        factors: await findSecondFactorKinds(transaction, accountIds),
      };
    });
    const tree = found.rows.length === 0 ? [] : await listStationTree(database);
    const accounts = new Map(found.accounts.map((account) => [account.accountId, account]));
    const factors = new Map(found.factors.map((factor) => [factor.accountId, factor]));
    const held = new Map<string, HeldSession>();
    for (const { tokenHash, ...session } of found.rows) {
      const account = accounts.get(session.accountId);
      if (!account) continue;
      const dues = duesOf(session.methods, account.mustChangePassword, needs(account), factors.get(account.accountId));
      const isFree = !dues.mustChangePassword && !dues.mustAddSecondFactor && !dues.mustGiveSecondFactor;
      // The one place that holds back who has something to do first: without a role there is nothing to see or do.
      const rolesAt = spreadRoles(isFree ? account.roles : [], tree);
      held.set(tokenHash.toString('hex'), {
        session,
        account,
        dues,
        viewer: {
          kind: session.kind,
          accountId: account.accountId,
          username: account.username,
          displayName: account.displayName,
          homeStationId: account.stationId,
          memberId: account.memberId,
          rolesAt,
          stationIds: [...rolesAt.keys()],
          ownUnits: isFree ? account.units : [],
          sessionId: session.sessionId,
          tokenNouns: null,
        },
      });
    }
    const now = Date.now();
    // What was read before a `forget` may be what was to be forgotten.
    if (startedIn === generation)
      for (const hash of hashes) {
        const usedAtMs = cache.get(hash)?.usedAtMs ?? now;
        cache.delete(hash);
        cache.set(hash, { held: held.get(hash), checkedAtMs: now, usedAtMs });
        if (cache.size > maxCached) cache.delete(cache.keys().next().value!);
      }
    return held;
  }

  function loadOne(hash: string): Promise<HeldSession | undefined> {
    let waiting = loading.get(hash);
    if (!waiting) {
      waiting = load([hash])
        .then((held) => held.get(hash))
        .finally(() => loading.delete(hash));
      loading.set(hash, waiting);
    }
    return waiting;
  }

  /** Keeps sessions in use fresh with one look-up for all, and notes that they are used. */
  async function refresh(): Promise<void> {
    const now = Date.now();
    const warm: string[] = [];
    for (const [hash, { held, usedAtMs }] of cache)
      if (now - usedAtMs > warmForMs) cache.delete(hash);
      else if (held) warm.push(hash);
    if (warm.length === 0) return;
    const held = await load(warm);
    const untouched = [...held].filter(
      ([hash, { session }]) => (cache.get(hash)?.usedAtMs ?? 0) - session.lastSeenAt.getTime() > touchEveryMs,
    );
    if (untouched.length === 0) return;
    const stationIds = [...new Set(untouched.map(([, { session }]) => session.stationId))];
    await database.inScope(stationIds, (transaction) =>
      touchSessions(
        transaction,
        stationIds,
        untouched.map(([, { session }]) => session.sessionId),
      ),
    );
  }

  function hashOf(cookie: string | null | undefined): string | undefined {
    const token = cookieValue(cookie, cookieName);
    return token?.length === 43 ? hashToken(token) : undefined;
  }

  /** What is cached and fresh, which is thereby used. */
  function freshOf(hash: string | undefined): Cached | undefined {
    const cached = hash === undefined ? undefined : cache.get(hash);
    const now = Date.now();
    if (!cached || now - cached.checkedAtMs >= freshForMs) return undefined;
    cached.usedAtMs = now;
    return cached;
  }

  let refreshing = false;
  const timer = poll
    ? setInterval(() => {
        if (refreshing) return;
        refreshing = true;
        // Without the database what is cached grows old, and requests are told so themselves.
        refresh()
          .catch(() => {})
          .finally(() => (refreshing = false));
      }, freshForMs * 0.75).unref()
    : undefined;

  return {
    cookieName,
    jar: { name: cookieName, attributes },
    needsSecondFactor: needs,
    clearCookie: `${cookieName}=; ${attributes}; Max-Age=0`,
    known: (cookie) => freshOf(hashOf(cookie))?.held,
    async find(request) {
      const hash = hashOf(request.headers.get('cookie'));
      if (hash === undefined) return undefined;
      const cached = freshOf(hash);
      if (cached) return cached.held;
      const now = Date.now();
      const held = await loadOne(hash);
      const known = cache.get(hash);
      if (known) known.usedAtMs = now;
      return held;
    },
    async begin(accountId, { methods, userAgent, address }) {
      const token = randomBytes(32).toString('base64url');
      const [account] = await database.inScope([], (transaction) => findViewers(transaction, [accountId]));
      if (!account) throw new Problem(401, 'sign-in-failed', 'This account cannot sign in');
      const { kind, idleSeconds, absoluteSeconds } = limitsOf(account.roles.map(({ role }) => role));
      await database.inScope([account.stationId], (transaction) =>
        insertSession(transaction, {
          id: uuidv7(),
          stationId: account.stationId,
          accountId,
          tokenHash: Buffer.from(hashToken(token), 'hex'),
          kind,
          methods,
          userAgent: userAgent?.slice(0, 256) ?? null,
          address,
          idleSeconds,
          expiresAt: new Date(Date.now() + absoluteSeconds * 1000),
        }),
      );
      const held = await loadOne(hashToken(token));
      if (!held) throw new Problem(401, 'sign-in-failed', 'This account cannot sign in');
      return { setCookie: `${cookieName}=${token}; ${attributes}; Max-Age=${absoluteSeconds}`, held };
    },
    async end({ stationId, accountId }, which = {}) {
      const ended = await database.inScope([stationId], (transaction) =>
        endSessions(transaction, stationId, accountId, which),
      );
      generation++;
      cache.clear();
      return ended.length;
    },
    forget() {
      generation++;
      cache.clear();
    },
    activeCount() {
      const since = Date.now() - warmForMs;
      let count = 0;
      for (const { held, usedAtMs } of cache.values()) if (held && usedAtMs > since) count++;
      return count;
    },
    close: () => clearInterval(timer),
  };
}

const hashToken = (token: string): string => digest('sha256', token, 'hex');
