import type { Failure } from '$lib/state/loadable.ts';

/** A request that gave no answer to use; `failure` is for the screen, the message for the log. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly failure: Failure;
  readonly status: number | undefined;

  constructor(failure: Failure, status?: number, cause?: unknown) {
    super(failure.detail ?? failure.kind, { cause });
    this.failure = failure;
    this.status = status;
  }
}

export interface RequestOptions {
  /** Query; undefined ones are left out. */
  query?: Record<string, string | undefined>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

/**
 * Gets JSON from our own server.
 * @throws {ApiError} when there was no usable answer. An abort by `signal` throws that signal's reason instead.
 */
export async function getJson<T>(
  path: string,
  { query = {}, signal, timeoutMs = 15_000 }: RequestOptions = {},
): Promise<T> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const address = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address, {
      headers: { Accept: 'application/json, application/geo+json, application/problem+json' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) throw new ApiError(await failureOf(response), response.status);
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    if (timeout.aborted) throw new ApiError({ kind: 'timeout' }, undefined, error);
    // A body that is no JSON came from something between us and the server.
    throw new ApiError({ kind: error instanceof SyntaxError ? 'unexpected' : 'unreachable' }, undefined, error);
  }
}

/** Reads problem+json (RFC 9457); anything else is told by its status alone. */
async function failureOf(response: Response): Promise<Failure> {
  const kind = response.status === 503 ? 'unavailable' : response.status >= 500 ? 'unexpected' : 'refused';
  if (!/^application\/(problem\+)?json/.test(response.headers.get('Content-Type') ?? '')) return { kind };
  const problem = (await response.json().catch(() => ({}))) as { title?: unknown; detail?: unknown };
  const detail = [problem.detail, problem.title].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  return detail === undefined ? { kind } : { kind, detail };
}

/** What to tell a person of anything that was thrown. */
export const failureFor = (error: unknown): Failure =>
  error instanceof ApiError ? error.failure : { kind: 'unexpected' };
