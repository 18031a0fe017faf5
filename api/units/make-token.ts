import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A credential that nobody guesses: 144 bits. */
export const makeToken = (): string => randomBytes(18).toString('base64url');

/** What is stored of a credential: its SHA-256 in hex. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Writes credentials that were made to a new file that only this user can read, because they are stored nowhere else.
 * @returns its path.
 */
export function writeTokens(
  directory: string,
  tokens: readonly { callSign: string; device: string; token: string }[],
): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `device-tokens-${new Date().toISOString().replace(/[:.]/g, '-')}.csv`);
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = tokens.map(({ callSign, device, token }) => [callSign, device, token].map(quote).join(','));
  writeFileSync(path, `\uFEFFcall_sign,device,token\r\n${lines.join('\r\n')}\r\n`, { mode: 0o600, flag: 'wx' });
  return path;
}
