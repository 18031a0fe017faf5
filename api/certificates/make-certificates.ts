// A certification authority of this installation's own and the server certificate that it signs, for networks where no
// public authority can reach the server.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

/** Longer than any server keeps its disk; phones need not be visited again. */
const authorityDays = 3650;
/** Apple refuses server certificates of installed authorities beyond 825 days (support.apple.com/103769), browsers of public ones beyond 398. */
export const serverDays = 397;

/** A certificate and its private key, PEM. */
export interface KeyedCertificate {
  certificate: string;
  key: string;
}

/** @param name what phones show in their list of authorities */
export async function makeAuthority(name: string, now = new Date()): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: curve,
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + authorityDays * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await writeKey(keys.privateKey) };
}

/** @param names DNS names and IP addresses by which the server is opened; at least one */
export async function makeServerCertificate(
  authority: KeyedCertificate,
  names: readonly { type: 'dns' | 'ip'; value: string }[],
  now = new Date(),
): Promise<KeyedCertificate> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await readKey(authority.key);
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names[0]!.value] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: curve,
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + serverDays * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...names]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await writeKey(keys.privateKey) };
}

/** SHA-256 of the certificate as phones show it: "AB:CD:…". */
export async function fingerprintOf(pem: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new x509.X509Certificate(pem).rawData);
  return Buffer.from(digest).toString('hex').toUpperCase().match(/../g)!.join(':');
}

export const expiryOf = (pem: string): Date => new x509.X509Certificate(pem).notAfter;

/** As the runtime's own `crypto` has it; browsers' types, which the page's checker knows too, name another. */
type Key = Parameters<typeof crypto.subtle.exportKey>[1];

const writeKey = async (key: Key): Promise<string> =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

const readKey = (pem: string): Promise<Key> =>
  crypto.subtle.importKey('pkcs8', x509.PemConverter.decode(pem)[0]!, curve, false, ['sign']);
