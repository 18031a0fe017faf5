import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts what the installation must be able to read again: secrets of second factors, cookies of sign-ins under way. */
export interface Seal {
  /** @param purpose what it is and whose; the same has to be named to open it, so that nothing sealed fits elsewhere */
  seal(purpose: string, plain: string | Uint8Array): Buffer;
  /** Undefined: it was sealed with another key or for another purpose, or was altered. */
  open(purpose: string, sealed: Uint8Array): Buffer | undefined;
}

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D) with a random nonce; `secret` is stretched by HKDF, so that any long text does as one. */
export function createSeal(secret: string | Uint8Array): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, 'shaodian', 'seal', 32));
  return {
    seal(purpose, plain) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(version), iv, body, cipher.getAuthTag()]);
    },
    open(purpose, sealed) {
      if (sealed.length < 1 + ivBytes + tagBytes || sealed[0] !== version) return undefined;
      const iv = sealed.subarray(1, 1 + ivBytes);
      const body = sealed.subarray(1 + ivBytes, -tagBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(body), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
