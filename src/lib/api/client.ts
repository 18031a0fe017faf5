import { Listeners } from '$lib/state/listeners.ts';
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

/** Told when there is reason to ask the server who is here: an answer or a closed socket said that nobody is. */
export const sessionDoubts = new Listeners<void>();

export interface RequestOptions {
  /** Query; undefined ones are left out. */
  query?: Record<string, string | undefined>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /** The version of a row as it was seen; the server refuses a change of any other. */
  ifMatch?: number | undefined;
}

/**
 * Gets JSON from our own server.
 * @throws {ApiError} when there was no usable answer. An abort by `signal` throws that signal's reason instead.
 */
export const getJson = <T>(path: string, options?: RequestOptions): Promise<T> => request('GET', path, {}, options);

/**
 * Changes something on our own server. `body` undefined: none is sent; undefined comes back where the answer has none.
 * @throws {ApiError} as `getJson`.
 */
export const sendJson = <T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options?: RequestOptions,
): Promise<T> =>
  request(
    method,
    path,
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
    options,
  );

async function request<T>(
  method: string,
  path: string,
  { body, headers }: { body?: string; headers?: Record<string, string> },
  { query = {}, signal, timeoutMs = 15_000, ifMatch }: RequestOptions = {},
): Promise<T> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const address = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address, {
      method,
      headers: {
        Accept: 'application/json, application/geo+json, application/problem+json',
        ...(ifMatch !== undefined && { 'If-Match': `"${ifMatch}"` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) {
      const failure = await failureOf(response);
      if (failure.problem === 'sign-in-required') sessionDoubts.tell();
      throw new ApiError(failure, response.status);
    }
    return (response.status === 204 ? undefined : await response.json()) as T;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    if (timeout.aborted) throw new ApiError({ kind: 'timeout' }, undefined, error);
    // A body that is no JSON came from something between us and the server.
    throw new ApiError({ kind: error instanceof SyntaxError ? 'unexpected' : 'unreachable' }, undefined, error);
  }
}

/** Reads problem+json (RFC 9457); anything else is told by its status alone. */
async function failureOf(response: Response): Promise<Failure> {
  const failure: Failure = {
    kind: response.status === 503 ? 'unavailable' : response.status >= 500 ? 'unexpected' : 'refused',
  };
  const retryAfterS = Number(response.headers.get('Retry-After') ?? NaN);
  if (Number.isFinite(retryAfterS)) failure.retryAfterS = retryAfterS;
  if (!/^application\/(problem\+)?json/.test(response.headers.get('Content-Type') ?? '')) return failure;
  const { type, title, detail, errors, losses, confirm, contents } = (await response
    .json()
    .catch(() => ({}))) as Record<string, unknown>;
  const said = [detail, title].find((text): text is string => typeof text === 'string' && text !== '');
  if (said !== undefined) failure.detail = said;
  if (typeof type === 'string' && type.startsWith('/problems/')) failure.problem = type.slice('/problems/'.length);
  if (Array.isArray(errors)) failure.errors = errors.filter(isFieldError);
  if (typeof confirm === 'string') failure.confirm = confirm;
  const counts = losses ?? contents;
  if (typeof counts === 'object' && counts !== null) failure.counts = counts as Record<string, number>;
  return failure;
}

const isFieldError = (row: unknown): row is NonNullable<Failure['errors']>[number] =>
  typeof (row as { field?: unknown } | null)?.field === 'string';

/**
 * Opens an answer that is read as it comes; `post` is sent to get it. Only its beginning has a time limit: a long one may take long.
 * @throws {ApiError} as `getJson`.
 */
export async function openStream(
  path: string,
  { query = {}, signal, timeoutMs = 30_000, post }: RequestOptions & { post?: unknown } = {},
): Promise<ReadableStream<Uint8Array>> {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const response = await fetch(`${path}?${new URLSearchParams(given)}`, {
      ...(post !== undefined && {
        method: 'POST',
        body: JSON.stringify(post),
        headers: { 'Content-Type': 'application/json' },
      }),
      signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    });
    if (response.ok && response.body) return response.body;
    const failure = await failureOf(response);
    if (failure.problem === 'sign-in-required') sessionDoubts.tell();
    throw new ApiError(failure, response.status);
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError({ kind: late.signal.aborted ? 'timeout' : 'unreachable' }, undefined, error);
  } finally {
    clearTimeout(timer);
  }
}

/** What to tell a person of anything that was thrown. */
export const failureFor = (error: unknown): Failure =>
  error instanceof ApiError ? error.failure : { kind: 'unexpected' };
