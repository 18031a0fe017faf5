import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fingerprintOf, serverDays } from '../../../api/certificates/make-certificates.ts';
import { authorityUrlPath, serveAuthority } from '../../../api/certificates/serve-authority.ts';
import { namesOfMachine, writeCertificates } from '../../../api/certificates/write-certificates.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sd-tls-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** An https request that trusts this authority alone; the status, or why it was not believed. */
function ask(port: number, ca: string, servername: string): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, ca, servername };
    request({ ...options, headers: { Host: servername } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });
}

test('a client that knows the authority believes the server, by name and by address, and nobody else does', async () => {
  const written = await writeCertificates(dataDir, ['map.station.test', '127.0.0.1']);
  const authority = readFileSync(written.authorityPath, 'utf8');
  const server = createServer(
    { cert: readFileSync(written.certPath), key: readFileSync(written.keyPath) },
    (_, response) => response.end('ok'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await ask(port, authority, 'map.station.test')).toBe(200);
    expect(await ask(port, authority, '')).toBe(200);
    expect(await ask(port, authority, 'other.station.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const other = await writeCertificates(join(dataDir, 'other'), ['map.station.test']);
    expect(await ask(port, readFileSync(other.authorityPath, 'utf8'), 'map.station.test')).toMatch(
      /VERIFY|SELF_SIGNED|ISSUER|SIGNATURE/,
    );
  } finally {
    server.close();
  }
});

test('renewing keeps the authority that phones know and makes a new server certificate', async () => {
  const first = await writeCertificates(dataDir, ['localhost']);
  const before = [first.authorityPath, first.certPath].map((path) => readFileSync(path, 'utf8'));
  const second = await writeCertificates(dataDir, ['localhost']);
  const after = [second.authorityPath, second.certPath].map((path) => readFileSync(path, 'utf8'));
  expect(second.isRenewal).toBe(true);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  const late = await writeCertificates(dataDir, ['localhost'], new Date(Date.now() + 9 * 365 * 86_400_000));
  expect(late.isRenewal).toBe(false);
});

// Node calls the extended key usage keyUsage.
test('the server certificate is one that phones take: names, use and life', async () => {
  const written = await writeCertificates(dataDir, namesOfMachine());
  const certificate = new X509Certificate(readFileSync(written.certPath));
  const authority = new X509Certificate(readFileSync(written.authorityPath));
  expect(certificate.subjectAltName).toContain('DNS:localhost');
  expect(certificate.subjectAltName).toContain('IP Address:127.0.0.1');
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.ca).toBe(false);
  expect(authority.ca).toBe(true);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
  expect(days).toBeLessThanOrEqual(serverDays + 1);
  expect(await fingerprintOf(readFileSync(written.authorityPath, 'utf8'))).toBe(authority.fingerprint256);
});

test('keys are for their owner only', async () => {
  const { keyPath, authorityPath } = await writeCertificates(dataDir, ['localhost']);
  expect(statSync(keyPath).mode & 0o777).toBe(0o600);
  expect(statSync(authorityPath.replace(/crt$/, 'key')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'tls')).mode & 0o777).toBe(0o700);
});

test('phones get the authority, and only that, with the type by which they install it', async () => {
  const { authorityPath } = await writeCertificates(dataDir, ['localhost']);
  const pem = readFileSync(authorityPath, 'utf8');
  const { port, close } = await serveAuthority(pem);
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${authorityUrlPath}`);
    expect(answer.headers.get('Content-Type')).toBe('application/x-x509-ca-cert');
    expect(await answer.text()).toBe(pem);
    for (const path of ['/', '/authority.key', '/../authority.key', '/%2e%2e/authority.key'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
  } finally {
    await close();
  }
});
