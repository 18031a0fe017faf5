/** How many requests a second are let through in the long run, and how many at once after a rest. 0: no limit. */
export interface Rate {
  perSecond: number;
  burst: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** A token bucket for each key (en.wikipedia.org/wiki/Token_bucket), in memory that does not grow with an attacker's keys. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param maxKeys beyond it the key that was made first is forgotten, which is a full bucket for it */
  constructor(rate: Rate, maxKeys = 20_000) {
    this.#rate = rate;
    this.#maxKeys = maxKeys;
  }

  /** Takes a token; seconds to wait (at least 1) when there is none, else 0. */
  take(key: string, nowMs: number): number {
    const waitS = this.waitOf(key, nowMs);
    if (waitS === 0) this.charge(key, nowMs);
    return waitS;
  }

  /** Seconds until there is a token again; 0: there is one now. Takes nothing. */
  waitOf(key: string, nowMs: number): number {
    if (this.#rate.perSecond === 0) return 0;
    const bucket = this.#buckets.get(key);
    if (!bucket) return 0;
    const tokens = this.#tokensOf(bucket, nowMs);
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#rate.perSecond));
  }

  /** Takes a token whether there is one or not. */
  charge(key: string, nowMs: number): void {
    if (this.#rate.perSecond === 0) return;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= this.#maxKeys) this.#makeRoom(nowMs);
      this.#buckets.set(key, (bucket = { tokens: this.#rate.burst, filledAtMs: nowMs }));
    }
    bucket.tokens = Math.max(0, this.#tokensOf(bucket, nowMs) - 1);
    bucket.filledAtMs = nowMs;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** A clock that was set back gives nothing and takes nothing. */
  #tokensOf({ tokens, filledAtMs }: Bucket, nowMs: number): number {
    const gained = (Math.max(0, nowMs - filledAtMs) / 1000) * this.#rate.perSecond;
    return Math.min(this.#rate.burst, tokens + gained);
  }

  /** Full buckets say nothing; then the oldest go. A tenth at once, so that a flood of new keys does not search each time. */
  #makeRoom(nowMs: number): void {
    for (const [key, bucket] of this.#buckets)
      if (this.#tokensOf(bucket, nowMs) >= this.#rate.burst) this.#buckets.delete(key);
    const wanted = this.#maxKeys - Math.ceil(this.#maxKeys / 10);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= wanted) return;
      this.#buckets.delete(key);
    }
  }
}
