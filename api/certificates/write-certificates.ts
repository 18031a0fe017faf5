import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expiryOf, makeAuthority, makeServerCertificate } from './make-certificates.ts';

export interface WrittenCertificates {
  authorityPath: string;
  certPath: string;
  keyPath: string;
  names: string[];
  /** The authority was there already and stays the one that phones know. */
  isRenewal: boolean;
}

/**
 * Makes a server certificate in `DATA_DIR/tls`, and an authority when there is none that holds for its whole life. Keys
 * are for this user only; each file is replaced whole.
 */
export async function writeCertificates(
  dataDir: string,
  names: readonly string[],
  now = new Date(),
): Promise<WrittenCertificates> {
  const directory = join(dataDir, 'tls');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authorityPath = join(directory, 'authority.crt');
  const authorityKeyPath = join(directory, 'authority.key');
  const certPath = join(directory, 'server.crt');
  const keyPath = join(directory, 'server.key');
  const known =
    existsSync(authorityPath) && existsSync(authorityKeyPath)
      ? { certificate: readFileSync(authorityPath, 'utf8'), key: readFileSync(authorityKeyPath, 'utf8') }
      : undefined;
  const isRenewal = known !== undefined && expiryOf(known.certificate).getTime() - now.getTime() > 400 * 86_400_000;
  const authority = isRenewal ? known : await makeAuthority(`哨点 Shaodian ${hostname()}`, now);
  if (!isRenewal) {
    writeWhole(authorityKeyPath, authority.key, 0o600);
    writeWhole(authorityPath, authority.certificate, 0o644);
  }
  const server = await makeServerCertificate(
    authority,
    names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
    now,
  );
  writeWhole(keyPath, server.key, 0o600);
  writeWhole(certPath, server.certificate, 0o644);
  return { authorityPath, certPath, keyPath, names: [...names], isRenewal };
}

function writeWhole(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}

/** By what this machine is opened: its name, the name that a local network may give it, its addresses, localhost. */
export function namesOfMachine(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address }) => !address.startsWith('fe80'))
    .map(({ address }) => address);
  const name = hostname().toLowerCase();
  const isName = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name);
  const local = isName && !name.includes('.') ? [`${name}.local`] : [];
  return [...new Set([...(isName ? [name] : []), ...local, ...addresses, 'localhost', '127.0.0.1', '::1'])];
}

/** Addresses that a phone of the same network reaches. */
export const outsideAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
