import { createHash } from 'node:crypto';
import { Problem } from '../errors.ts';
import { networkOf } from '../operation/client-address.ts';

/** Tries that cost nothing, then a wait that doubles with each further one. */
interface Rule {
  free: number;
  firstWaitMs: number;
  longestWaitMs: number;
}

/**
 * One who tries one account from one place is soon stopped; one place that tries many accounts later, because a whole
 * station may share its address. Tries at one account from everywhere are only slowed, else anybody could lock its owner
 * out; and who signed in from this browser before is not held up by what others try (OWASP: device cookies), only by own
 * failures. NIST SP 800-63B, 3.2.2 asks for no more than 100 tries in a row: from there on it is one a minute.
 */
const rules = {
  accountFromNetwork: { free: 5, firstWaitMs: 10_000, longestWaitMs: 900_000 },
  network: { free: 30, firstWaitMs: 2_000, longestWaitMs: 300_000 },
  account: { free: 60, firstWaitMs: 1_000, longestWaitMs: 60_000 },
  device: { free: 10, firstWaitMs: 30_000, longestWaitMs: 3_600_000 },
  // Whoever comes so far knows the password; a million codes, three of which hold at a time.
  code: { free: 8, firstWaitMs: 15_000, longestWaitMs: 900_000 },
} satisfies Record<string, Rule>;
type RuleName = keyof typeof rules;

const forgottenAfterMs = 3_600_000;
/** Per rule and generation: with the second full, the first is forgotten. */
const maxKept = 10_000;

interface Tries {
  count: number;
  blockedUntilMs: number;
  lastMs: number;
}

export interface Try {
  /** Forgives what failed before. */
  succeeded(): void;
  /** Nothing was judged: the try does not count. */
  unjudged(): void;
}

export interface SignInThrottle {
  /**
   * Counts a try before it is judged, so that a thousand at once are a thousand.
   * @param deviceId of a browser that signed in to this account before
   * @throws {Problem} 429 with Retry-After; such a try is not judged and not counted
   */
  begin(attempt: { username: string; address: string; deviceId?: string | undefined }): Try & { isKnown: boolean };
  /** The same for the second factor of an account. */
  beginCode(accountId: string): Try;
  readonly size: number;
}

export function createSignInThrottle(now: () => number = Date.now): SignInThrottle {
  const kept = Object.fromEntries(Object.keys(rules).map((name) => [name, new Recent<Tries>(maxKept)])) as Record<
    RuleName,
    Recent<Tries>
  >;

  const triesOf = (name: RuleName, key: string): Tries => {
    const known = kept[name].get(key);
    return known && now() - known.lastMs < forgottenAfterMs ? known : { count: 0, blockedUntilMs: 0, lastMs: 0 };
  };
  const waitMs = (name: RuleName, key: string): number => Math.max(0, triesOf(name, key).blockedUntilMs - now());

  function count(name: RuleName, key: string): void {
    const { free, firstWaitMs, longestWaitMs } = rules[name];
    const tries = triesOf(name, key);
    tries.count++;
    tries.lastMs = now();
    if (tries.count >= free)
      tries.blockedUntilMs = now() + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, tries.count - free));
    kept[name].set(key, tries);
  }

  function takeBack(name: RuleName, key: string): void {
    const tries = kept[name].get(key);
    if (!tries) return;
    tries.count--;
    if (tries.count < rules[name].free) tries.blockedUntilMs = 0;
  }

  function beginBy(buckets: readonly (readonly [RuleName, string])[]): Try {
    const longest = Math.max(...buckets.map(([name, key]) => waitMs(name, key)));
    if (longest > 0)
      throw new Problem(429, 'too-many-tries', 'Too many tries', {
        detail: 'Wait as long as Retry-After says; until then no try is looked at.',
        retryAfterS: Math.ceil(longest / 1000),
      });
    for (const [name, key] of buckets) count(name, key);
    return {
      succeeded() {
        // A network is given back this one try only, else an account of one's own would buy tries at others'.
        for (const [name, key] of buckets)
          if (name === 'network') takeBack(name, key);
          else kept[name].delete(key);
      },
      unjudged: () => buckets.forEach(([name, key]) => takeBack(name, key)),
    };
  }

  return {
    begin({ username, address, deviceId }) {
      // Hashed, so that a long name costs no more than a short one.
      const account = createHash('sha256').update(username.toLowerCase()).digest('base64url');
      const network = networkOf(address);
      const device = `${account} ${deviceId}`;
      const isKnown = deviceId !== undefined && waitMs('device', device) === 0;
      const begun = beginBy(
        isKnown
          ? [['device', device]]
          : [
              ['accountFromNetwork', `${account} ${network}`],
              ['network', network],
              ['account', account],
            ],
      );
      return { ...begun, isKnown };
    },
    beginCode: (accountId) => beginBy([['code', accountId]]),
    get size() {
      return Object.values(kept).reduce((sum, { size }) => sum + size, 0);
    },
  };
}

/**
 * Keeps what was set last, in two generations: a Map that loses its oldest key with each new one gets slow, because the
 * search for the oldest walks over those that were deleted.
 */
class Recent<Value> {
  readonly #max: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: Value): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < this.#max) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
