/**
 * What a 401 asks for (RFC 9110, 11.6.1). QGIS and the like ask their person for a name and password when they are asked for
 * Basic, so a program that is nobody yet is. A page of ours is not: its browser would cover our own sign-in with a window
 * that sends what is typed there with every request from then on. Browsers tell of themselves by Sec-Fetch-Site, on plain
 * http, where they do not, by Referer, Origin or a cookie. Basic stands first: Qt reads no further than the first scheme.
 */
export function challengeOf({ headers }: Request): string {
  const isPage = ['Sec-Fetch-Site', 'Referer', 'Origin', 'Cookie'].some((name) => headers.has(name));
  const bearer = 'Bearer realm="shaodian"';
  return isPage ? bearer : `Basic realm="shaodian", charset="UTF-8", ${bearer}`;
}
