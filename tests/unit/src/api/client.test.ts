import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiError, failureFor, getJson } from '../../../../src/lib/api/client.ts';

afterEach(() => vi.unstubAllGlobals());

function answerWith(answer: () => Promise<Response>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    return answer();
  });
  return asked;
}
const failureOf = async (request: Promise<unknown>) =>
  failureFor(
    await request.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

describe('a request to our server', () => {
  test('gives what came, and asks with the query that has values', async () => {
    const asked = answerWith(async () => Response.json({ units: [] }));
    await expect(getJson('/api/units', { query: { station: 'a b', bbox: undefined } })).resolves.toEqual({ units: [] });
    expect(asked).toEqual(['/api/units?station=a+b']);
  });

  test('that is refused tells the server’s own sentence', async () => {
    answerWith(async () =>
      Response.json(
        { title: 'Not found', detail: 'No unit has this id.' },
        { status: 404, headers: { 'Content-Type': 'application/problem+json' } },
      ),
    );
    expect(await failureOf(getJson('/api/units/x'))).toEqual({ kind: 'refused', detail: 'No unit has this id.' });
  });

  test('while the database is away says that it is a matter of time', async () => {
    answerWith(async () => Response.json({ title: 'The database does not answer' }, { status: 503 }));
    expect(await failureOf(getJson('/api/units'))).toEqual({
      kind: 'unavailable',
      detail: 'The database does not answer',
    });
  });

  test('that a proxy answers with a page does not show the page', async () => {
    answerWith(async () => new Response('<html>', { status: 502, headers: { 'Content-Type': 'text/html' } }));
    expect(await failureOf(getJson('/api/units'))).toEqual({ kind: 'unexpected' });
    answerWith(async () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }));
    expect(await failureOf(getJson('/api/units'))).toEqual({ kind: 'unexpected' });
  });

  test('without a network is told apart from one that takes too long', async () => {
    answerWith(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await failureOf(getJson('/api/units'))).toEqual({ kind: 'unreachable' });
    vi.stubGlobal(
      'fetch',
      (_address: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    expect(await failureOf(getJson('/api/units', { timeoutMs: 10 }))).toEqual({ kind: 'timeout' });
  });

  test('that was given up is no failure to show', async () => {
    const given = new AbortController();
    answerWith(() => Promise.reject(new DOMException('given up', 'AbortError')));
    given.abort();
    await expect(getJson('/api/units', { signal: given.signal })).rejects.not.toBeInstanceOf(ApiError);
  });
});
