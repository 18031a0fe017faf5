import type { Viewer } from '../accounts/viewer.ts';
import { isUuid } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf, networkOf } from '../operation/client-address.ts';
import { asError, type Log } from '../operation/log.ts';
import type { Audit, NewAuditEntry } from './audit.ts';

/** How long repeats of one refusal are counted before they are written as one entry. */
const collapseMs = 10 * 60_000;
/** Entries that may be written at once, and how soon there may be one more: what is beyond is told in sums only. */
const burst = 100;
const oneMoreEveryMs = 2000;
/** Different refusals that are counted apart at a time. */
const maxKinds = 2000;

/** Refused for reasons that say nothing about anybody's intent, or written by who refused them. */
const unaudited = new Set([
  'starting',
  'missing-credential',
  'sign-in-failed',
  'second-factor-required',
  'second-factor-wrong',
  'passkey-required',
  'password-wrong',
]);

export interface Refusals {
  /**
   * Notes a refused request (401 and 403; anything else is passed over). Never throws and never waits: the answer has
   * been decided. The first of its kind becomes an entry at once, its repeats one more entry with their count.
   * @param route the pattern of the route, never the path: a path may carry a secret
   * @param id what the path names, when that is a UUID
   */
  note(request: Request, refused: { error: unknown; route: string; id?: string | undefined }): void;
  /** Writes what was counted. */
  flush(): Promise<void>;
  /** Flushes and ends. */
  close(): Promise<void>;
}

interface Counted {
  entry: NewAuditEntry;
  sinceMs: number;
  repeats: number;
}

/**
 * One place that writes refusals to the audit log, at a rate that nobody can raise: a flood of refused requests costs a
 * few entries, not one each. Counts not written yet are lost when the process is killed; the first of each kind is not.
 */
export function createRefusals({
  audit,
  viewerOf,
  log,
  now = Date.now,
}: {
  audit: Audit;
  viewerOf(request: Request): Promise<Viewer>;
  log: Log;
  now?: () => number;
}): Refusals {
  const counted = new Map<string, Counted>();
  const noting = new Set<Promise<void>>();
  const writing = new Set<Promise<void>>();
  let tokens = burst;
  let filledAtMs = now();
  let untold = 0;

  function write(entry: NewAuditEntry): void {
    const written = audit
      .write(entry)
      // The request is refused all the same; that nobody will read of it must not go unseen.
      .catch((error: unknown) =>
        log.error('audit.refusal-not-written', {
          action: entry.action,
          problem: String(entry.detail?.['problem']),
          route: entry.target?.id,
          stationId: entry.stationId,
          accountId: entry.actor?.accountId,
          address: entry.address,
          error: asError(error),
        }),
      )
      .finally(() => writing.delete(written));
    writing.add(written);
  }

  function takeToken(): boolean {
    const at = now();
    tokens = Math.min(burst, tokens + (at - filledAtMs) / oneMoreEveryMs);
    filledAtMs = at;
    if (tokens < 1) return false;
    tokens--;
    return true;
  }

  function count(key: string, entry: NewAuditEntry): void {
    const known = counted.get(key);
    if (known) {
      known.repeats++;
      return;
    }
    if (counted.size >= maxKinds || !takeToken()) {
      untold++;
      return;
    }
    counted.set(key, { entry, sinceMs: now(), repeats: 0 });
    write(entry);
  }

  function writeRepeats(olderThanMs: number): void {
    for (const [key, { entry, sinceMs, repeats }] of counted) {
      if (sinceMs > olderThanMs) continue;
      counted.delete(key);
      if (repeats > 0)
        write({ ...entry, detail: { ...entry.detail, repeats, since: new Date(sinceMs).toISOString() } });
    }
    if (untold === 0) return;
    write({
      stationId: null,
      actor: null,
      action: 'request.refused',
      detail: { problem: 'too-many-refusals', repeats: untold },
      outcome: 'refused',
    });
    untold = 0;
  }

  const timer = setInterval(() => writeRepeats(now() - collapseMs), 60_000).unref();

  async function noteOne(
    request: Request,
    problem: Problem,
    { route, id }: { route: string; id?: string | undefined },
  ): Promise<void> {
    const viewer = problem.status === 403 ? await viewerOf(request).catch(() => undefined) : undefined;
    const address = clientAddressOf(request);
    const who = viewer?.accountId ?? networkOf(address);
    const asked = new URL(request.url).searchParams.get('station')?.toLowerCase();
    const stationId = viewer ? (asked && viewer.rolesAt.has(asked) ? asked : viewer.homeStationId) : null;
    const target = `${request.method} ${route}`;
    count([problem.kind, who, stationId, target, id].join(' '), {
      stationId,
      actor: viewer ? { accountId: viewer.accountId, name: viewer.displayName } : null,
      action: 'request.refused',
      target: { kind: 'route', id: target, name: target },
      detail: { problem: problem.kind, status: problem.status, ...(id && { id }) },
      address,
      outcome: 'refused',
    });
  }

  const flush = async (): Promise<void> => {
    await Promise.all(noting);
    writeRepeats(Infinity);
    await Promise.all(writing);
  };

  return {
    note(request, { error, route, id }) {
      if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 403)) return;
      if (unaudited.has(error.kind)) return;
      // Whoever sends no credential at all has not tried anything: a page that was opened, a scan.
      if (error.kind === 'sign-in-required' && !request.headers.has('authorization') && !request.headers.has('cookie'))
        return;
      const noted = noteOne(request, error, { route, id: id !== undefined && isUuid(id) ? id : undefined }).finally(
        () => noting.delete(noted),
      );
      noting.add(noted);
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
