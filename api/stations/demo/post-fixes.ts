import http from 'node:http';
import https from 'node:https';
import type { FixReport, ReportAnswer } from '../../positions/contract.ts';

/** What became of a report: stored by the server, to be sent again after `waitMs`, refused for its credential, or for good. */
export type PostResult =
  | { kind: 'answered'; outcomes: ReportAnswer['outcomes'] }
  | { kind: 'later'; waitMs: number; reason: string }
  | { kind: 'unknownCredential' }
  | { kind: 'refused'; reason: string };

export interface Poster {
  post(token: string, fixes: readonly FixReport[]): Promise<PostResult>;
  close(): void;
}

const timeoutMs = 15_000;
const defaultWaitMs = 2_000;

/** Posts to one server over a few connections that are kept open. */
export function openPoster(url: string, maxConnections: number): Poster {
  const target = new URL('api/positions', url.endsWith('/') ? url : `${url}/`);
  const { Agent, request } = target.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections, scheduling: 'fifo' });
  const post = (token: string, fixes: readonly FixReport[]): Promise<PostResult> =>
    new Promise((resolve) => {
      const body = JSON.stringify(fixes);
      const headers = {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        Authorization: `Bearer ${token}`,
      };
      const sent = request(target, { method: 'POST', agent, headers, timeout: timeoutMs }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => resolve({ kind: 'later', waitMs: defaultWaitMs, reason: error.message }));
        response.on('end', () => resolve(readAnswer(response, Buffer.concat(chunks).toString('utf8'))));
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      sent.on('error', (error: NodeJS.ErrnoException) =>
        // An AggregateError of two refused addresses has no message of its own.
        resolve({ kind: 'later', waitMs: defaultWaitMs, reason: error.message || error.code || 'no connection' }),
      );
      sent.end(body);
    });
  return { post, close: () => agent.destroy() };
}

function readAnswer(response: http.IncomingMessage, body: string): PostResult {
  const status = response.statusCode ?? 0;
  if (status === 401) return { kind: 'unknownCredential' };
  if (status === 429 || status >= 500) {
    const seconds = Number(response.headers['retry-after']);
    return {
      kind: 'later',
      waitMs: seconds > 0 ? seconds * 1000 : defaultWaitMs,
      reason: `the server answers ${status}`,
    };
  }
  if (status !== 200) return { kind: 'refused', reason: `the server answers ${status}: ${body.slice(0, 200)}` };
  try {
    return { kind: 'answered', outcomes: (JSON.parse(body) as ReportAnswer).outcomes };
  } catch {
    return { kind: 'refused', reason: `what answers there is no Shaodian server: ${body.slice(0, 80)}` };
  }
}
