// RFC 6238 with what authenticator apps take: SHA-1, 6 digits, 30 seconds.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const stepSeconds = 30;
const digits = 6;
/** A step before and after: for clocks that differ and for typing (RFC 6238, 5.2). */
const toleratedSteps = 1;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 bits, as RFC 4226 recommends. */
export const makeTotpSecret = (): Buffer => randomBytes(20);

/** The code of a counter: HOTP, RFC 4226, 5.3. @param length of the code, digits */
export function codeAt(secret: Uint8Array, step: number, length = digits, algorithm = 'sha1'): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = mac.at(-1)! & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** length).padStart(length, '0');
}

/** The step whose code this is, the newest that fits; undefined: none near now. */
export function findStep(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const typed = Buffer.from(code);
  if (typed.length !== digits) return undefined;
  const now = Math.floor(nowMs / 1000 / stepSeconds);
  let found: number | undefined;
  for (let step = now - toleratedSteps; step <= now + toleratedSteps; step++)
    if (timingSafeEqual(typed, Buffer.from(codeAt(secret, step)))) found = step;
  return found;
}

/** RFC 4648 base32 without padding, as apps take it typed. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31]! : text;
}

/** What the QR code says (Key URI Format of Google Authenticator, which all apps read). */
export const totpUri = (secret: Uint8Array, username: string, issuer = '哨点 Shaodian'): string =>
  `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(username)}?secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
