import { expect, test } from 'vitest';
import { codeAt, findStep, makeTotpSecret, toBase32, totpUri } from '../../../api/accounts/second-factor/totp.ts';
import { hashRecoveryCode, makeRecoveryCode } from '../../../api/accounts/second-factor/recovery-code.ts';

/** The secrets of RFC 6238, appendix B (as corrected by erratum 2866), 20, 32 and 64 bytes. */
const secretOf = (bytes: number) => Buffer.from('1234567890'.repeat(7).slice(0, bytes));

test.each([
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
])('the codes of second %i are those of RFC 6238', (second, sha1, sha256, sha512) => {
  const step = Math.floor(second / 30);
  expect(codeAt(secretOf(20), step, 8)).toBe(sha1);
  expect(codeAt(secretOf(32), step, 8, 'sha256')).toBe(sha256);
  expect(codeAt(secretOf(64), step, 8, 'sha512')).toBe(sha512);
});

test('the codes of counters 0 to 9 are those of RFC 4226', () => {
  expect(Array.from({ length: 10 }, (_, counter) => codeAt(secretOf(20), counter))).toEqual(
    '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' '),
  );
});

test('a code holds for its half minute and the one before and after, and for no other', () => {
  const secret = makeTotpSecret();
  const nowMs = Date.UTC(2026, 10, 22, 8, 0, 10);
  const step = Math.floor(nowMs / 30_000);
  for (const near of [-1, 0, 1]) expect(findStep(secret, codeAt(secret, step + near), nowMs)).toBe(step + near);
  const holding = new Set([-1, 0, 1].map((near) => codeAt(secret, step + near)));
  for (const far of [-3, -2, 2, 3]) {
    const code = codeAt(secret, step + far);
    if (!holding.has(code)) expect(findStep(secret, code, nowMs)).toBeUndefined();
  }
  for (const odd of ['', '12345', '1234567', 'abcdef', '１２３４５６', '-12345'])
    expect(findStep(secret, odd, nowMs)).toBeUndefined();
});

test('base32 is that of RFC 4648, without padding', () => {
  for (const [plain, encoded] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const)
    expect(toBase32(Buffer.from(plain))).toBe(encoded);
});

test('the QR code carries the secret and names whose it is', () => {
  const uri = new URL(totpUri(Buffer.from('12345678901234567890'), '王@example.cn'));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(uri.searchParams.get('issuer')).toBe('哨点 Shaodian');
  expect(decodeURIComponent(uri.pathname)).toContain('王@example.cn');
});

test('a recovery code is the same however it is typed, and six digits are none', () => {
  const code = makeRecoveryCode();
  expect(code).toMatch(/^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
  const hash = hashRecoveryCode(code);
  expect(hashRecoveryCode(code.toLowerCase().replaceAll('-', ' '))).toEqual(hash);
  expect(hashRecoveryCode(code.slice(0, -1))).toBeUndefined();
  expect(hashRecoveryCode('123456')).toBeUndefined();
});
