import { z } from 'zod';
import type { Context } from 'hono';
import type { Seal } from '../operation/seal.ts';
import { readCookie, type CookieJar } from './cookies.ts';

const holdsMs = 10 * 60_000;

/**
 * What has to be remembered between the two halves of a sign-in (a challenge, a state): in a sealed cookie of the browser
 * that began it, so that nobody's flood of beginnings costs memory or displaces another's.
 */
export interface Ceremonies<State> {
  begin(context: Context, state: State): void;
  /** What this browser began, and forgets by this; undefined: nothing, too long ago, or it was ended before. */
  end(context: Context): State | undefined;
  /** After success: the cookie's copy is worth nothing from now on. */
  spend(state: State): void;
}

/** @param key what is different in each beginning, to know a spent one by */
export function createCeremonies<State extends object>(
  { seal, jar }: { seal: Seal; jar: CookieJar },
  name: string,
  schema: z.ZodType<State>,
  key: (state: State) => string,
): Ceremonies<State> {
  const cookieName = `${jar.name}-${name}`;
  const sealedSchema = z.object({ untilMs: z.number(), state: schema });
  /** Spent ones until they would have ended: as many as sign-ins succeeded within that time. */
  const spent = new Map<string, number>();
  return {
    begin(context, state) {
      const sealed = seal.seal(cookieName, JSON.stringify({ untilMs: Date.now() + holdsMs, state }));
      const value = sealed.toString('base64url');
      context.header('Set-Cookie', `${cookieName}=${value}; ${jar.attributes}; Max-Age=${holdsMs / 1000}`, {
        append: true,
      });
    },
    end(context) {
      const value = readCookie(context.req.raw, cookieName);
      if (value === undefined || value.length > 4000) return undefined;
      context.header('Set-Cookie', `${cookieName}=; ${jar.attributes}; Max-Age=0`, { append: true });
      const opened = seal.open(cookieName, Buffer.from(value, 'base64url'));
      if (!opened) return undefined;
      const { untilMs, state } = sealedSchema.parse(JSON.parse(opened.toString()));
      return untilMs < Date.now() || spent.has(key(state)) ? undefined : state;
    },
    spend(state) {
      const now = Date.now();
      for (const [other, untilMs] of spent) {
        if (untilMs > now) break;
        spent.delete(other);
      }
      spent.set(key(state), now + holdsMs);
    },
  };
}
