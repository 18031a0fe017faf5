import type { Action, Session } from '$api/accounts/contract.ts';
import type { SessionState } from './session-state.svelte.ts';

/** What an account may open. Each has its own address; what is not offered is also refused when its address is typed. */
export const screens = ['map', 'duty', 'replay', 'wall', 'admin', 'audit', 'account'] as const;
export type ScreenName = (typeof screens)[number];

export const addressOf: Record<ScreenName, string> = {
  map: '/map',
  duty: '/duty',
  replay: '/replay',
  wall: '/wall',
  admin: '/admin',
  audit: '/audit',
  account: '/account',
};

/** Pages for whoever comes, with a link or a password; a wall asks nobody for a password and says itself when it is signed out. */
const publicPages = ['/sign-in', '/setup', '/join', '/wall'];

const startsWith = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

export const isPublic = (path: string): boolean => publicPages.some((base) => startsWith(path, base));

/** Which screen an address belongs to; the root is each account's own first screen. */
export const screenOf = (path: string): ScreenName | undefined =>
  screens.find((name) => startsWith(path, addressOf[name]));

/** What is administered, each with what one must be allowed to do for it. */
export const adminActions: readonly Action[] = [
  'manageStations',
  'manageAccounts',
  'manageUnits',
  'manageDevices',
  'editGrids',
  'editSentinels',
  'editMembers',
  'editCrews',
  'invite',
  'manageRetention',
];

export type Rights = Pick<SessionState, 'sees' | 'may' | 'current' | 'audienceOf'>;

export function mayOpen(session: Rights, screen: ScreenName): boolean {
  switch (screen) {
    case 'map':
      return session.sees('grids');
    // Nobody else is ever on a crew.
    case 'duty':
      return session.may('answerDispatches') && session.current?.account.memberId != null;
    case 'wall':
      return session.audienceOf('whereabouts') === 'exact';
    case 'replay':
      return session.sees('tracks');
    case 'admin':
      return adminActions.some((action) => session.may(action));
    case 'audit':
      return session.sees('audit');
    // A wall is a screen that nobody sits at.
    case 'account':
      return session.current?.kind === 'person';
  }
}

/** Where an account starts. */
export function firstScreenOf(session: Rights): ScreenName {
  const role = session.current?.mainRole;
  if (role === 'administrator') return 'admin';
  if (role === 'auditor') return 'audit';
  if (role === 'wall') return 'wall';
  return 'map';
}

/**
 * Where to go after signing in: the address that was asked for when it is one of ours, else the first screen.
 * @param to as it stands in the address, so anything
 */
export function returnAddress(to: string | null, origin: string): string {
  if (!to || !URL.canParse(to, origin)) return '/';
  const url = new URL(to, origin);
  // "//elsewhere" and "/\elsewhere" name other hosts.
  if (url.origin !== origin || (isPublic(url.pathname) && !screenOf(url.pathname))) return '/';
  return url.pathname + url.search + url.hash;
}

/** Whether something has to be done on one's own account before anything else opens. */
export const hasDues = (session: Session | undefined): boolean =>
  session !== undefined && (session.mustChangePassword || session.mustAddSecondFactor);
