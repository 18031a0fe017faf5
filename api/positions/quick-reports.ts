import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RequestWatch } from '../app.ts';
import type { Environment } from '../environment.ts';
import { isPlainRequest, strictTransportOf } from '../operation/is-plain-request.ts';
import { forApi } from '../operation/security-headers.ts';
import type { Credential, UnitRegistry } from '../units/registry.ts';
import { bearerTokenOf } from './find-sender.ts';
import type { Ingest } from './ingest.ts';
import { writeAnswer } from './outcome-codes.ts';
import { maxBodyBytes } from './read-body.ts';
import type { Report } from './read-report.ts';
import { scanReport } from './scan-report.ts';

const path = '/api/positions';
const jsonHeaders = [...forApi, ['Content-Type', 'application/json']].flat();

/** Why a report that was taken in before the app could not be stored, for the app to tell. */
const failures = new WeakMap<IncomingMessage, unknown>();

/**
 * Throws what a report failed with before the app got it.
 * @throws {Problem} as `Ingest.accept`
 */
export function rethrowFailure(incoming: IncomingMessage | undefined): void {
  if (incoming && failures.has(incoming)) throw failures.get(incoming);
}

/**
 * Answers `POST /api/positions` on node:http itself where nothing is to be refused: a phone sends a fix a request, and
 * the app's way to the same answer costs several times what the fix does. What is not plain goes to the app, its body
 * read already where it was (`rawBody`, which the adapter knows): every refusal is spoken, counted and noted there alone.
 */
export function answerReportsQuickly(
  {
    environment,
    registry,
    ingest,
    metrics,
    limits,
  }: RequestWatch & { environment: Environment; registry: UnitRegistry; ingest: Ingest },
  app: RequestListener,
): RequestListener {
  function respond(incoming: IncomingMessage, outgoing: ServerResponse, outcomes: Uint8Array, begunMs: number): void {
    metrics.countOutcomes(outcomes);
    metrics.countRequest('POST', path, 200, (performance.now() - begunMs) / 1000);
    const body = writeAnswer(outcomes);
    const headers = [...jsonHeaders, 'Content-Length', String(Buffer.byteLength(body))];
    outgoing.writeHead(200, [...headers, ...strictTransportOf(incoming, environment)]).end(body);
  }

  /** The report, when the sender may send it now; undefined: the app must look at it. */
  function take(incoming: IncomingMessage, credential: Credential, body: Buffer): Report | undefined {
    const report = scanReport(body, ingest.devicesOf(credential), Date.now());
    const connection = { incoming, trustProxy: environment.trustProxy };
    return report && limits.letsReport(connection, credential) ? report : undefined;
  }

  return (incoming, outgoing) => {
    const begunMs = performance.now();
    const credential = isPlainReport(incoming, environment) && findCredential(registry, incoming);
    if (!credential) return app(incoming, outgoing);
    readWhole(incoming, (body) => {
      if (!body) return app(incoming, outgoing);
      const report = take(incoming, credential, body);
      if (!report) return app(Object.assign(incoming, { rawBody: body }), outgoing);
      ingest.accept(report).then(
        (outcomes) => respond(incoming, outgoing, outcomes, begunMs),
        (error: unknown) => {
          failures.set(incoming, error);
          return app(Object.assign(incoming, { rawBody: body }), outgoing);
        },
      );
    });
  };
}

function isPlainReport(incoming: IncomingMessage, environment: Environment): boolean {
  if (incoming.url !== path || incoming.method !== 'POST') return false;
  const { 'content-length': bytes, cookie } = incoming.headers;
  // What carries a cookie, the check of its origin must see. The HTTP parser holds a sender to the length it announced.
  if (cookie !== undefined) return false;
  return bytes !== undefined && Number(bytes) <= maxBodyBytes && isPlainRequest(incoming, environment);
}

function findCredential(registry: UnitRegistry, { headers }: IncomingMessage): Credential | undefined {
  const token = bearerTokenOf(headers.authorization);
  return token === undefined ? undefined : registry.findCredential(token);
}

/** @param onBody gets the body, or undefined when the sender went away before it was whole */
function readWhole(incoming: IncomingMessage, onBody: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let isOver = false;
  const end = (isWhole: boolean): void => {
    if (isOver) return;
    isOver = true;
    onBody(isWhole ? (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)) : undefined);
  };
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => end(true));
  incoming.on('error', () => end(false));
  incoming.on('close', () => end(false));
}
