import { z } from 'zod';

/** What an account can be at a station; a role at a parent station reaches its children. */
export const roles = ['commander', 'officer', 'volunteer', 'analyst', 'administrator', 'auditor', 'wall'] as const;
export type Role = (typeof roles)[number];

/**
 * What there is to see. `units` is that a unit exists, `whereabouts` where it is now, `tracks` where it was, `presence`
 * how many minutes units spent in a grid, without saying which.
 */
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
  'dispatches',
  'alerts',
  'geofences',
  'presence',
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
  'dispatchUnits',
  'answerDispatches',
  'raiseAlarm',
  'acknowledgeAlerts',
  'editGeofences',
  'saveViews',
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

/**
 * POST /api/session → Session. `code`: the second factor, 6 digits of the authenticator or a recovery code. Refusals: 401
 * `sign-in-failed`; 401 `second-factor-required` (the password is right: ask for the code and send all three), 401
 * `second-factor-wrong`, 401 `passkey-required` (the account's second factor is a passkey), 429 `too-many-tries` and 503
 * `sign-in-busy`, both with Retry-After. What is to be confirmed with the own password answers 403 `password-wrong` or 403
 * `sign-in-again`.
 */
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
  /** With a password that somebody else chose, nothing but choosing another is possible. */
  mustChangePassword: boolean;
  /** Who needs a second factor and has none sets one up before anything else. */
  mustAddSecondFactor: boolean;
  /** The identity provider told of no second factor and the account has one: POST /api/session/second-factor. */
  mustGiveSecondFactor: boolean;
  isDemo: boolean;
}

/** Why a new password was refused: the last part of the problem's type, /problems/password-…. */
export const passwordRefusals = [
  'password-too-short',
  'password-too-common',
  'password-names-you',
  'password-unchanged',
] as const;
export type PasswordRefusal = (typeof passwordRefusals)[number];

/** Its length and the rest are judged by `judgePassword`, so that each has a refusal of its own. */
const newPasswordSchema = z.string().min(1).max(maxPasswordLength);
const knownPasswordSchema = z.string().min(1).max(maxPasswordLength);
/** The account's password, to confirm who sits there; an account without one signs in anew instead (`sign-in-again`). */
const confirmedBy = { password: knownPasswordSchema.optional() };
const codeSchema = z.string().trim().min(6).max(32);
/** A token of a link: 32 random bytes, base64url. */
const linkTokenSchema = z.string().regex(/^[\w-]{43}$/, 'expected the 43 signs after # in the link');
/** One line of text that a database and a terminal take. */
const lineSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'expected one line of text');
const displayNameSchema = lineSchema;

/** PATCH /api/account → 204: how one's own name is shown from now on. */
export const changeOwnAccountSchema = z.strictObject({ displayName: displayNameSchema });

/** PUT /api/account/password → 204; the other sessions of the account end. */
export const changePasswordSchema = z.strictObject({ current: knownPasswordSchema, next: newPasswordSchema });

/** POST /api/account/second-factor → TotpOffer. Nothing changes until it is confirmed. */
export const addSecondFactorSchema = z.strictObject(confirmedBy);
export interface TotpOffer {
  /** RFC 4648 base32, for typing. */
  secret: string;
  /** otpauth://totp/…, for the QR code. */
  uri: string;
}
/** POST /api/account/second-factor/confirm → RecoveryCodes; the other sessions of the account end. */
export const confirmSecondFactorSchema = z.strictObject({ code: codeSchema });
/** DELETE /api/account/second-factor → 204; POST /api/account/recovery-codes → RecoveryCodes. */
export const confirmedSchema = z.strictObject(confirmedBy);
/** Ten, each good once, shown once. */
export interface RecoveryCodes {
  recoveryCodes: string[];
}
/** POST /api/session/second-factor → Session: for a session that came by an identity provider (`mustGiveSecondFactor`). */
export const giveSecondFactorSchema = z.strictObject({ code: codeSchema });

/** GET /api/account/sessions, newest use first. DELETE /api/account/sessions ends all, …/sessions/{id} ends one → 204. */
export interface OwnSession {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  address: string | null;
  userAgent: string | null;
  /** RFC 8176: pwd, otp, recovery, hwk (passkey), fed (identity provider), mfa. */
  methods: string[];
  kind: 'person' | 'wall';
  isCurrent: boolean;
}
export interface OwnSessions {
  sessions: OwnSession[];
}

export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
  /** Kept by more than one of the person's devices. */
  isBackedUp: boolean;
}
export interface Identity {
  id: string;
  providerId: string;
  providerLabel: string;
  /** The name the provider gave, when it gave one. */
  name: string | null;
  linkedAt: string;
}
/** GET /api/account: the ways in of one's own account. */
export interface OwnAccount {
  hasPassword: boolean;
  passwordChangedAt: string | null;
  /** null: no second factor by code. */
  totpSince: string | null;
  recoveryCodesLeft: number;
  /** Whether a role of the account demands a second factor. */
  needsSecondFactor: boolean;
  passkeys: Passkey[];
  identities: Identity[];
}

/**
 * POST /api/account/passkeys/begin → PasskeyRegistration, whose `options` go to `startRegistration({ optionsJSON })` of
 * @simplewebauthn/browser; its answer goes to POST /api/account/passkeys → 201 Passkey.
 */
export const beginPasskeySchema = z.strictObject(confirmedBy);
export interface PasskeyOptions {
  /** PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON. */
  options: Record<string, unknown>;
}
const credentialSchema = z.looseObject({
  id: z.string().min(1).max(1400),
  rawId: z.string().min(1).max(1400),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string().max(8192) }),
});
export const addPasskeySchema = z.strictObject({
  name: z.string().trim().min(1).max(64),
  credential: credentialSchema,
});
/** PATCH /api/account/passkeys/{id}; DELETE takes `confirmedSchema`. */
export const renamePasskeySchema = z.strictObject({ name: lineSchema });
/** POST /api/session/passkey/begin (no body) → PasskeyOptions for `startAuthentication`; its answer goes to POST /api/session/passkey → Session. */
export const passkeySignInSchema = z.strictObject({ credential: credentialSchema });

/** GET /api/sign-in-methods, for whoever is not signed in. */
export interface SignInMethods {
  password: true;
  /** Whether browsers can have passkeys of this address (localhost or a name by https; no bare IP address). */
  passkeys: boolean;
  /** GET /api/oidc/{id}/begin is a plain link; it comes back to / or to /sign-in?refused={kind of problem}. */
  providers: { id: string; label: string }[];
  /** No account may administer yet: somebody has to open the link that the terminal printed. */
  needsSetup: boolean;
}

/** POST /api/setup/look {token} → SetupOffer; 404 `link-invalid` when it is unknown, used or has ended. */
export const linkSchema = z.strictObject({ token: linkTokenSchema });
export interface SetupOffer {
  expiresAt: string;
  /** Null: there is no station yet, and the form asks for its name and zone. */
  station: { id: string; name: string } | null;
}
/** POST /api/setup → 201 Session (signed in; `mustAddSecondFactor` comes next). `stationName` and `timeZone` when there is no station yet. */
export const setUpSchema = z.strictObject({
  token: linkTokenSchema,
  stationName: lineSchema.optional(),
  timeZone: z.string().trim().min(1).max(64).optional(),
  username: usernameSchema,
  displayName: displayNameSchema,
  password: newPasswordSchema,
});

/** POST /api/invitations → 201 NewInvitation. */
export const inviteSchema = z.strictObject({
  sentinelId: z.uuid(),
  displayName: displayNameSchema.optional(),
  expiresInHours: z.int().min(1).max(336).default(72),
});
/** DELETE /api/invitations/{id} revokes → 204. */
export interface Invitation {
  id: string;
  stationId: string;
  sentinelId: string;
  sentinelName: string;
  displayName: string | null;
  invitedBy: string;
  createdAt: string;
  expiresAt: string;
  state: 'open' | 'accepted' | 'revoked' | 'expired';
}
/** GET /api/invitations?station={id}, newest first. */
export interface Invitations {
  invitations: Invitation[];
}
/** `link` ("https://map.example/join#…") is told this once; the QR code is made of it. */
export interface NewInvitation extends Invitation {
  link: string;
}
/** POST /api/invitations/look {token} (linkSchema) → InvitationOffer; 404 `link-invalid`. */
export interface InvitationOffer {
  stationName: string;
  sentinelName: string;
  displayName: string | null;
  expiresAt: string;
}
/** POST /api/invitations/accept → 201 Session (signed in). 404 `link-invalid`, 409 `username-taken`, 400 `password-…`. */
export const acceptInvitationSchema = z.strictObject({
  token: linkTokenSchema,
  username: usernameSchema,
  displayName: displayNameSchema,
  password: newPasswordSchema,
});

const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'expected the name of an environment variable');
const providerFields = {
  label: lineSchema,
  issuer: z.url({ protocol: /^https?$/ }).max(512),
  clientId: z.string().trim().min(1).max(256),
  /** Stored encrypted. Without it or `clientSecretFrom` the client is public (PKCE alone). */
  clientSecret: z.string().min(1).max(512).optional(),
  /** Name of the server's variable (or NAME_FILE) that holds the secret: OIDC_…. */
  clientSecretFrom: environmentName.startsWith('OIDC_').optional(),
  scope: z.string().trim().max(256).default('openid profile email'),
  /** Accounts whose username equals this claim sign in without being linked first; 'email' only when it is verified. */
  usernameClaim: z.enum(['email', 'preferred_username']).nullable().default(null),
};
/** POST /api/oidc-providers → 201 OidcProvider; PATCH and DELETE /api/oidc-providers/{id}; GET /api/oidc-providers?station={id}. */
export const addProviderSchema = z.strictObject({ stationId: z.uuid(), ...providerFields });
export const changeProviderSchema = z
  .strictObject({
    ...providerFields,
    clientSecret: providerFields.clientSecret.nullable(),
    clientSecretFrom: providerFields.clientSecretFrom.nullable(),
    scope: providerFields.scope.unwrap(),
    usernameClaim: providerFields.usernameClaim.unwrap(),
    isEnabled: z.boolean(),
  })
  .partial();
export interface OidcProvider {
  id: string;
  stationId: string;
  label: string;
  issuer: string;
  clientId: string;
  secret: 'none' | 'stored' | 'environment';
  clientSecretFrom: string | null;
  scope: string;
  usernameClaim: 'email' | 'preferred_username' | null;
  isEnabled: boolean;
  /** To be registered at the provider. */
  redirectUri: string;
}
export interface OidcProviders {
  providers: OidcProvider[];
}
/** POST /api/account/identities → BeginLink: the page goes to `redirectTo` and comes back to /account or /account?refused={kind}. DELETE /api/account/identities/{id} → 204. */
export const linkIdentitySchema = z.strictObject({ providerId: z.uuid(), ...confirmedBy });
export interface BeginLink {
  redirectTo: string;
}
/** POST /api/accounts/{id}/identities, by an administrator, who knows the provider's subject → 201 Identity. */
export const addIdentitySchema = z.strictObject({ providerId: z.uuid(), subject: z.string().min(1).max(255) });
