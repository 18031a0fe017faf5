import { createHash, randomBytes } from 'node:crypto';
import { toBase32 } from './totp.ts';

export const recoveryCodeCount = 10;

/** "ABCD-EFGH-IJKL-MNOP": 80 bits, so that a plain hash of it tells nobody anything. */
export const makeRecoveryCode = (): string => toBase32(randomBytes(10)).replace(/(.{4})(?=.)/g, '$1-');

/** SHA-256 of what was meant, however it was typed; undefined: it cannot be a recovery code. */
export function hashRecoveryCode(typed: string): Buffer | undefined {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z2-7]{16}$/.test(plain) ? createHash('sha256').update(plain).digest() : undefined;
}
