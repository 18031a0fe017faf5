import { createHash, randomBytes } from 'node:crypto';
import { toBase32 } from './totp.ts';

export const recoveryCodeCount = 10;

/** Six groups of four letters and digits, 120 bits: from 112 on a plain hash tells nobody anything (ASVS 5.0, 6.5.2). */
export const makeRecoveryCode = (): string => toBase32(randomBytes(15)).replace(/(.{4})(?=.)/g, '$1-');

/** SHA-256 of what was meant, however it was typed; undefined: it cannot be a recovery code. */
export function hashRecoveryCode(typed: string): Buffer | undefined {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z2-7]{24}$/.test(plain) ? createHash('sha256').update(plain).digest() : undefined;
}
