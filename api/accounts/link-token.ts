import { createHash, randomBytes } from 'node:crypto';

/** The secret of a link that is good once: 256 bits. It stands behind "#", which browsers send to nobody and no log holds. */
export const makeLinkToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of it. */
export const hashLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();
