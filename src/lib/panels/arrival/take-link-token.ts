/**
 * What stands after # in a link that lets somebody in, taken out of the address at once: it is in no server's log, and
 * must not stay in the history of a borrowed phone either.
 */
export function takeLinkToken(): string {
  const token = location.hash.slice(1);
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
