import { mkdtempSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInstallationKey } from '../../../api/operation/installation-key.ts';
import { createSeal } from '../../../api/operation/seal.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'shaodian-key-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

test('what is sealed opens with the same key for the same purpose, and with nothing else', () => {
  const seal = createSeal('a key of at least 32 signs, as it has to be');
  const sealed = seal.seal('totp 1', 'geheim');
  expect(sealed.includes('geheim')).toBe(false);
  expect(seal.open('totp 1', sealed)?.toString()).toBe('geheim');
  expect(seal.open('totp 2', sealed)).toBeUndefined();
  expect(createSeal('another key of at least 32 signs, and so on').open('totp 1', sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed);
    altered[at]! ^= 1;
    expect(seal.open('totp 1', altered)).toBeUndefined();
  }
  expect(seal.open('totp 1', sealed.subarray(0, 20))).toBeUndefined();
  expect(seal.seal('totp 1', 'geheim')).not.toEqual(sealed);
});

test('an installation without a key makes one that only its owner reads, and keeps it', () => {
  const first = readInstallationKey({ secretKey: undefined, dataDir });
  const path = join(dataDir, 'secret.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8').trim()).toBe(first);
  expect(first).toHaveLength(43);
  expect(readInstallationKey({ secretKey: undefined, dataDir })).toBe(first);
  const given = 'x'.repeat(40);
  expect(readInstallationKey({ secretKey: given, dataDir })).toBe(given);
});

test('a short key, and a key file that others read, are refused with what to do', () => {
  expect(() => readInstallationKey({ secretKey: 'short', dataDir })).toThrow(/openssl rand/);
  chmodSync(join(dataDir, 'secret.key'), 0o644);
  expect(() => readInstallationKey({ secretKey: undefined, dataDir })).toThrow(/chmod 600/);
});
