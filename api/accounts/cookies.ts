/** What the cookies of this installation are called (others append to it) and how they are sent. */
export interface CookieJar {
  /** "__Host-shaodian-1a2b3c4d", without the prefix on plain http. */
  readonly name: string;
  /** Path, HttpOnly, SameSite and, where browsers take it, Secure. */
  readonly attributes: string;
}

/** The value of a cookie; undefined: it did not come. */
export const readCookie = (request: Request, name: string): string | undefined =>
  cookieValue(request.headers.get('cookie'), name);

/** The same of the header alone. */
export function cookieValue(header: string | null | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
