import { Problem } from '../errors.ts';

/** A unique key: which field of the request it belongs to, and how to say that its value is another's. */
export type TakenFields = Readonly<Record<string, { field: string; expected: string }>>;

/**
 * Runs `work` and answers 409 where it hits one of these unique keys (by the constraint's name). Stands around the whole
 * transaction: a failed statement ends it.
 */
export async function refuseTaken<T>(taken: TakenFields, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    const known = code === '23505' && constraint !== undefined ? taken[constraint] : undefined;
    if (!known) throw error;
    throw new Problem(409, 'taken', 'Another one has this already', {
      cause: error,
      errors: [{ ...known, got: 'one that is taken', code: 'taken' }],
    });
  }
}
