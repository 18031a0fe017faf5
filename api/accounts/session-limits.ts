import type { Role } from './contract.ts';

const hour = 3600;
const day = 24 * hour;

/** How long a session may lie unused and how long it lasts at all, in seconds; `idleSeconds` null: no idle limit. */
export interface SessionLimits {
  kind: 'person' | 'wall';
  idleSeconds: number | null;
  absoluteSeconds: number;
}

/**
 * Limits by what the account is. A wall is a screen nobody touches; 400 days is the longest a browser keeps a cookie. A
 * volunteer's own phone sees little and must not ask for a password in front of a hazard. Everybody else signs in once a
 * shift (24 hours at most); an open page counts as use.
 */
export function limitsOf(roles: readonly Role[]): SessionLimits {
  if (roles.length > 0 && roles.every((role) => role === 'wall'))
    return { kind: 'wall', idleSeconds: null, absoluteSeconds: 400 * day };
  if (roles.length > 0 && roles.every((role) => role === 'volunteer'))
    return { kind: 'person', idleSeconds: 30 * day, absoluteSeconds: 90 * day };
  return { kind: 'person', idleSeconds: hour, absoluteSeconds: day };
}
