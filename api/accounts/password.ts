import { hash, verify } from '@node-rs/argon2';

// OWASP Password Storage Cheat Sheet (2025): argon2id with 19 MiB, 2 passes, 1 lane; the library's own defaults, written out.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id in PHC form, salted. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFC'), cost);

let nobodysHash: Promise<string> | undefined;

/**
 * Whether the password is the one of the hash. Without a hash (no such account) it works as long and says no, so that time
 * does not tell which usernames exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword('a password that is nobody’s');
  const isRight = await verify(passwordHash ?? (await nobodysHash), password.normalize('NFC'));
  return isRight && passwordHash !== null;
}
