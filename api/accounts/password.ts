import { hash, verify } from '@node-rs/argon2';
import { Problem } from '../errors.ts';
import { createWorkLimit } from './limit-work.ts';

// OWASP Password Storage Cheat Sheet (2025): argon2id with 19 MiB, 2 passes, 1 lane; the library's own defaults, written out.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Two at a time: a flood of sign-ins takes at most two of the four threads that files and look-ups use too, and 38 MiB.
 * A hash takes some 30 ms, so who waits last waits for a second.
 */
const hashing = createWorkLimit({ concurrency: 2, maxWaiting: 64, reserved: 32 });

async function limited<T>(work: () => Promise<T>, isPreferred?: boolean): Promise<T> {
  const result = await hashing.run(work, isPreferred);
  if (result) return result.done;
  throw new Problem(503, 'sign-in-busy', 'Too many sign in at this moment', {
    detail: 'Nothing is wrong with the name or the password. Try again in a moment.',
    retryAfterS: 3,
  });
}

/** argon2id in PHC form, salted. @throws {Problem} 503 when too many wait */
export const hashPassword = (password: string): Promise<string> =>
  limited(() => hash(password.normalize('NFC'), cost), true);

let nobodysHash: Promise<string> | undefined;

/**
 * Whether the password is the one of the hash. Without a hash (no such account) it works as long and says no, so that time
 * does not tell which usernames exist.
 * @param findHash looks the hash up, when it is this one's turn: a flood of sign-ins must not take the database either
 * @throws {Problem} 503 when too many wait
 */
export async function verifyPassword(
  findHash: () => Promise<string | null>,
  password: string,
  isPreferred = false,
): Promise<boolean> {
  return limited(async () => {
    const passwordHash = await findHash();
    nobodysHash ??= hash('a password that is nobody’s', cost);
    const isRight = await verify(passwordHash ?? (await nobodysHash), password.normalize('NFC'));
    return isRight && passwordHash !== null;
  }, isPreferred);
}
