import { z } from 'zod';

/** What an account can be at a station; a role at a parent station reaches its children. */
export const roles = ['commander', 'officer', 'volunteer', 'analyst', 'administrator', 'auditor', 'wall'] as const;
export type Role = (typeof roles)[number];

/** What there is to see. `units` is that a unit exists, `whereabouts` where it is now, `tracks` where it was. */
export const nouns = [
  'stations',
  'grids',
  'sentinels',
  'members',
  'units',
  'whereabouts',
  'tracks',
  'incidents',
  'incidentTexts',
  'accounts',
  'audit',
] as const;
export type Noun = (typeof nouns)[number];

/** How exactly: `coarse` is the grid or sentinel point instead of the place, `own` only what the viewer is part of. */
export type Audience = 'exact' | 'coarse' | 'own' | 'none';

/** What there is to do, beyond looking. */
export const actions = [
  'manageStations',
  'manageAccounts',
  'manageUnits',
  'manageDevices',
  'editGrids',
  'editSentinels',
  'editMembers',
  'editCrews',
  'invite',
  'manageOwnShift',
  'manageShifts',
  'recordIncidents',
  'exportRows',
  'manageRetention',
] as const;
export type Action = (typeof actions)[number];

/** 12 characters at least, no rule about their kinds (NIST SP 800-63B, 3.1.1.2); 256 at most, to bound the work of hashing. */
export const minPasswordLength = 12;
export const maxPasswordLength = 256;

export const usernameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{1,62}[\p{L}\p{N}]$/u, 'expected 3 to 64 letters, digits, ".", "_", "@" or "-"');

/** POST /api/session. `code`: the second factor, 6 digits of the authenticator or a recovery code. */
export const signInSchema = z.strictObject({
  username: z.string().trim().min(1).max(64),
  password: z.string().min(1).max(maxPasswordLength),
  code: z.string().trim().min(6).max(32).optional(),
});
export type SignIn = z.infer<typeof signInSchema>;

/** What the viewer is, sees and may do at one station. */
export interface StationRights {
  stationId: string;
  roles: Role[];
  sees: Record<Noun, Audience>;
  may: Action[];
}

/** GET /api/session, and the answer to signing in. */
export interface Session {
  account: { id: string; username: string; displayName: string; homeStationId: string; memberId: string | null };
  kind: 'person' | 'wall' | 'token';
  /** Sensible for the first screen: the highest of the account's roles. */
  mainRole: Role;
  rights: StationRights[];
  /** Units whose crew the person is on now. */
  ownUnitIds: string[];
  /** ISO 8601; null: a token's own end is told in its list. */
  expiresAt: string | null;
  mustChangePassword: boolean;
  /** An administrator without a second factor has to set one up before anything else. */
  mustAddSecondFactor: boolean;
  isDemo: boolean;
}
