import type { z } from 'zod';
import { Problem } from '../errors.ts';
import { describeIssue } from './describe-issue.ts';
import { isDeeperThan, maxJsonDepth } from '../operation/json-depth.ts';

/** Largest body of a request that is not a list of positions or a file, bytes. */
const maxBodyBytes = 1_048_576;

/**
 * A JSON body, parsed. Its media type has to say so: a form of another site cannot send that.
 * @throws {Problem} 415 for another media type, 413 for one too long, 400 with one row per refused field.
 */
export async function readBody<Schema extends z.ZodType>(schema: Schema, request: Request): Promise<z.output<Schema>> {
  const mediaType = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json')
    throw new Problem(415, 'wrong-media-type', 'The body must be JSON', {
      errors: [{ field: 'Content-Type', got: mediaType ?? 'nothing', expected: 'application/json' }],
    });
  const text = await readText(request);
  if (isDeeperThan(text, maxJsonDepth))
    throw new Problem(400, 'json-too-deep', 'The body is nested too deeply', {
      detail: `At most ${maxJsonDepth} levels are taken.`,
    });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem(400, 'invalid-json', 'The body is not JSON', { detail: 'It could not be parsed as JSON.' });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: parsed.error.issues.map((issue) => {
      const came = issue.path.reduce<unknown>(
        (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
        body,
      );
      return {
        field: issue.path.join('.') || 'body',
        // Only its kind: what came may be a password.
        got: kindOf(came),
        expected: issue.message,
        ...describeIssue(issue, came),
      };
    }),
  });
}

async function readText(request: Request): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += part.length;
    if (bytes > maxBodyBytes)
      throw new Problem(413, 'body-too-large', 'The body is too large', {
        detail: `More than ${maxBodyBytes} bytes came.`,
      });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const kindOf = (value: unknown): string =>
  value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
