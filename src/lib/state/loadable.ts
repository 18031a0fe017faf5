import type { FieldError } from '$api/reading/contract.ts';

/**
 * Why something could not be had, for a person: the screen has words for each kind and for most problems the server
 * names; `detail` is the server's own sentence.
 */
export interface Failure {
  kind: 'unreachable' | 'timeout' | 'unavailable' | 'refused' | 'unexpected';
  /** The problem's stable name, such as `sign-in-failed`. */
  problem?: string;
  detail?: string;
  /** What was refused, field by field. */
  errors?: readonly FieldError[];
  /** What would be lost, or stands in the way, by noun; and the code that says that a person saw it. */
  counts?: Readonly<Record<string, number>>;
  confirm?: string;
  /** Seconds after which another try makes sense. */
  retryAfterS?: number;
}

/**
 * What comes from the server. When a later try fails, what was had before stays on the screen with the failure beside
 * it: `stale` is the last good value.
 */
export type Loadable<T> =
  | { kind: 'idle' }
  | { kind: 'loading'; stale?: T }
  | { kind: 'ready'; value: T }
  | { kind: 'error'; failure: Failure; stale?: T };

/** The newest good value, also while a newer one is on its way or failed to come. */
export function latestOf<T>(loadable: Loadable<T>): T | undefined {
  if (loadable.kind === 'ready') return loadable.value;
  return loadable.kind === 'idle' ? undefined : loadable.stale;
}

/** The state while a new value is fetched. */
export function loadingAfter<T>(before: Loadable<T>): Loadable<T> {
  const stale = latestOf(before);
  return stale === undefined ? { kind: 'loading' } : { kind: 'loading', stale };
}

/** The state after a fetch that failed. */
export function failedAfter<T>(before: Loadable<T>, failure: Failure): Loadable<T> {
  const stale = latestOf(before);
  return stale === undefined ? { kind: 'error', failure } : { kind: 'error', failure, stale };
}
