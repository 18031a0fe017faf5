import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FieldError } from './reading/contract.ts';

/** RFC 9457 problem details, as sent. `type` is stable and relative to the server. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** One row per field that was refused: where it is, what came and what was expected. */
  errors?: FieldError[];
}

/** An error with an answer for the client. Thrown anywhere, mapped by `problemOf` only. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: ContentfulStatusCode;
  readonly kind: string;
  readonly title: string;
  readonly errors: ProblemDetails['errors'];
  readonly retryAfterS: number | undefined;
  /** Further members of the answer (RFC 9457, 3.2). */
  readonly extensions: Readonly<Record<string, unknown>> | undefined;

  constructor(
    status: ContentfulStatusCode,
    kind: string,
    title: string,
    more: {
      detail?: string;
      errors?: ProblemDetails['errors'];
      retryAfterS?: number;
      extensions?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(more.detail ?? title, { cause: more.cause });
    this.status = status;
    this.kind = kind;
    this.title = title;
    this.errors = more.errors;
    this.retryAfterS = more.retryAfterS;
    this.extensions = more.extensions;
  }
}

/** The one place that turns what was thrown into an answer; what is not foreseen is a 500 without its text. */
export function problemOf(error: unknown): { details: ProblemDetails; headers: Record<string, string> } {
  if (error instanceof Problem) {
    const { status, kind, title, errors, retryAfterS, extensions, message } = error;
    return {
      details: {
        type: `/problems/${kind}`,
        title,
        status,
        ...(message !== title && { detail: message }),
        ...(errors && { errors }),
        ...extensions,
      },
      headers: {
        ...(retryAfterS !== undefined && { 'Retry-After': String(retryAfterS) }),
        // RFC 9110, 11.6.1: a 401 names the way to authenticate.
        ...(status === 401 && { 'WWW-Authenticate': 'Bearer realm="shaodian"' }),
      },
    };
  }
  if (error instanceof HTTPException)
    return {
      details: { type: 'about:blank', title: error.message || 'Request refused', status: error.status },
      headers: {},
    };
  if (isTextRefused(error))
    return {
      details: {
        type: '/problems/invalid-text',
        title: 'The request has text that cannot be stored',
        status: 400,
        detail: 'A text holds a character that is none, such as U+0000.',
      },
      headers: {},
    };
  if (isDatabaseGone(error)) {
    return {
      details: {
        type: '/problems/database-unavailable',
        title: 'The database does not answer',
        status: 503,
        detail: 'Nothing of this request was stored. Send it again after the time in Retry-After.',
      },
      headers: { 'Retry-After': '2' },
    };
  }
  return {
    details: { type: '/problems/internal', title: 'Something went wrong on the server', status: 500 },
    headers: {},
  };
}

/** PostgreSQL stores no U+0000: 22021 character_not_in_repertoire, 22P05 untranslatable_character (in JSON). */
const isTextRefused = (error: unknown): boolean =>
  error instanceof Error && ['22021', '22P05'].includes((error as { code?: string }).code ?? '');

const goneCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // PostgreSQL: class 08 connection exceptions, 57P0x shutdown and crash, 53300 too many connections, 53100 disk full, 53200 out of memory.
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53100',
  '53200',
]);

/** Whether the statement failed because the database could not be reached or could not write, so that a repeat can succeed. */
export function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && goneCodes.has(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseGone);
  // pg raises these without a code.
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(
    error.message,
  );
}
