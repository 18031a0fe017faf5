import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Seal } from '../operation/seal.ts';
import { readCookie, type CookieJar } from './cookies.ts';

const purpose = 'known-devices';
/** As long as browsers keep a cookie. */
const keptSeconds = 400 * 86_400;
/** A desk that several share. */
const maxAccounts = 8;

const devicesSchema = z.array(z.tuple([z.string(), z.string()])).max(maxAccounts);

export interface KnownDevices {
  /** The id of this browser for the account, if it signed in to it before; says nothing about who sits there. */
  find(request: Request, username: string): string | undefined;
  /** The Set-Cookie that makes this browser known to the account. */
  remember(request: Request, username: string): string;
}

/** Browsers that signed in before, in a sealed cookie of theirs: nothing is kept here. */
export function createKnownDevices(seal: Seal, jar: CookieJar): KnownDevices {
  const name = `${jar.name}-device`;
  function read(request: Request): [string, string][] {
    const value = readCookie(request, name);
    const opened = value && value.length < 4000 ? seal.open(purpose, Buffer.from(value, 'base64url')) : undefined;
    return opened ? devicesSchema.parse(JSON.parse(opened.toString())) : [];
  }
  return {
    find: (request, username) => read(request).find(([known]) => known === username.toLowerCase())?.[1],
    remember(request, username) {
      const known = read(request);
      const folded = username.toLowerCase();
      const id = known.find(([other]) => other === folded)?.[1] ?? randomBytes(12).toString('base64url');
      const devices = [[folded, id], ...known.filter(([other]) => other !== folded)].slice(0, maxAccounts);
      const value = seal.seal(purpose, JSON.stringify(devices)).toString('base64url');
      return `${name}=${value}; ${jar.attributes}; Max-Age=${keptSeconds}`;
    },
  };
}
