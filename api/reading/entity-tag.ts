import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Transaction } from '../database/database.ts';
import { findRevisions, type RevisedNoun } from './queries.ts';

/**
 * The entity tag of an answer that depends on a noun's rows and on the request alone. Read it in the same transaction
 * as the rows and before them, so that a change in between makes the tag too old, never too new.
 */
export async function readEntityTag(
  transaction: Transaction,
  noun: RevisedNoun,
  stationIds: readonly string[],
  request: unknown,
): Promise<string> {
  const revisions = await findRevisions(transaction, noun, stationIds);
  const hash = createHash('sha256')
    .update(JSON.stringify([noun, stationIds, request, revisions]))
    .digest('base64url');
  return `W/"${hash.slice(0, 22)}"`;
}

/** Whether the client already holds this answer (If-None-Match, weak comparison). */
export function holds(context: Context, entityTag: string): boolean {
  const held = context.req.header('If-None-Match');
  return held !== undefined && (held.trim() === '*' || held.split(',').some((tag) => weak(tag) === weak(entityTag)));
}

const weak = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Base data may be kept, but is asked for again each time: an import changes it at any moment. */
export const revalidated = (entityTag: string): Record<string, string> => ({
  ETag: entityTag,
  'Cache-Control': 'private, no-cache',
});
