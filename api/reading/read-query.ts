import { z } from 'zod';
import { Problem } from '../errors.ts';
import { describeIssue } from './describe-issue.ts';

/**
 * What stands after the question mark of an address, parsed.
 * @throws {Problem} 400 with one row per refused field: what came and what was expected.
 */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: Record<string, string>): z.output<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new Problem(400, 'invalid-query', 'The address has a value that cannot be used', {
    errors: parsed.error.issues.map((issue) => {
      const field = issue.path.join('.') || 'query';
      return {
        field,
        got: issue.path.length === 0 ? '' : (query[field] ?? 'nothing'),
        expected: issue.message,
        ...describeIssue(issue, issue.path.length === 0 ? query : query[field]),
      };
    }),
  });
}

/** An id in the path, or 404: what is no UUID names nothing. */
export function readId(text: string, noun: string): string {
  const parsed = z.uuid().safeParse(text);
  if (!parsed.success) throw notFound(noun, text);
  return parsed.data.toLowerCase();
}

/** The same answer for what does not exist and for what this viewer may not see. */
export const notFound = (noun: string, id: string): Problem =>
  new Problem(404, 'not-found', `There is no such ${noun}`, { detail: `No ${noun} has the id ${id}.` });
