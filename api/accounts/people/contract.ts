import { z } from 'zod';
import { textSchema, versionSchema } from '../../reading/contract.ts';
import { roles, usernameSchema } from '../contract.ts';

/** A role at a station reaches all stations below it. */
export const grantSchema = z.strictObject({ stationId: z.uuid(), role: z.enum(roles) });
export type Grant = z.infer<typeof grantSchema>;

/** An account as administrators see it. */
export const accountSchema = z.object({
  id: z.uuid(),
  /** The station it belongs to. */
  stationId: z.uuid(),
  username: z.string(),
  displayName: z.string(),
  /** The member that this person is; null: none. */
  memberId: z.uuid().nullable(),
  /** Roles at stations that the viewer administers. */
  roles: z.array(grantSchema),
  /** It has roles above or beside the viewer's stations too: only an administrator of those may change it. */
  isBeyondReach: z.boolean(),
  isDisabled: z.boolean(),
  isDemo: z.boolean(),
  hasPassword: z.boolean(),
  mustChangePassword: z.boolean(),
  /** Until when the password that an administrator issued signs in; null: there is none, or its owner chose another. */
  issuedPasswordUntil: z.string().nullable(),
  hasSecondFactor: z.boolean(),
  /** Sessions that are open now. */
  sessionCount: z.int(),
  lastSeenAt: z.string().nullable(),
  createdAt: z.string(),
  version: versionSchema,
});
export const accountsSchema = z.object({ accounts: z.array(accountSchema) });
export type Account = z.infer<typeof accountSchema>;

const grantsSchema = z.array(grantSchema).max(50);

/** `POST /api/accounts`. An account whose one role is `wall` is a screen's: it has no password but sign-in links. */
export const newAccountSchema = z.strictObject({
  stationId: z.uuid(),
  username: usernameSchema,
  displayName: textSchema(100),
  memberId: z.uuid().nullable().default(null),
  roles: grantsSchema.default([]),
  /** False: the person will sign in through an identity provider. */
  withPassword: z.boolean().default(true),
});
export type NewAccount = z.infer<typeof newAccountSchema>;

/** `PATCH /api/accounts/{id}`: what is left out stays. `roles`: all that it has at the viewer's stations. */
export const accountChangeSchema = z
  .strictObject({
    stationId: z.uuid(),
    username: usernameSchema,
    displayName: textSchema(100),
    memberId: z.uuid().nullable(),
    roles: grantsSchema,
    isDisabled: z.boolean(),
  })
  .partial();
export type AccountChange = z.infer<typeof accountChangeSchema>;

/** How long a password that was issued holds: it travels on paper or by voice. */
export const issuedPasswordHours = 72;

/**
 * `POST /api/accounts/{id}/password` and the answer to a new account. The password is shown this once, to be handed over;
 * the first sign-in with it asks for a new one, and must come within 72 hours (`account.issuedPasswordUntil`). Null: the
 * account has none.
 */
export const issuedPasswordSchema = z.object({ account: accountSchema, oneTimePassword: z.string().nullable() });
export type IssuedPassword = z.infer<typeof issuedPasswordSchema>;

/** `POST /api/accounts/{id}/wall-link`: opened once on the screen within `expiresAt`, it signs the screen in. */
export const wallLinkSchema = z.object({ url: z.string(), expiresAt: z.string() });
export type WallLink = z.infer<typeof wallLinkSchema>;

/** `POST /api/session/wall`: what stands after `#` of a wall link. Answered like signing in. */
export const wallSignInSchema = z.strictObject({ token: z.string().min(20).max(100) });

export const accountSessionSchema = z.object({
  id: z.uuid(),
  kind: z.enum(['person', 'wall']),
  methods: z.array(z.string()),
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
});
export const accountSessionsSchema = z.object({ sessions: z.array(accountSessionSchema) });
export type AccountSession = z.infer<typeof accountSessionSchema>;

/** Roles that a station may ask a second factor of; administrators are always asked, and walls have nobody to give one. */
export const askableRoles = ['commander', 'officer', 'volunteer', 'analyst', 'auditor'] as const;

/** `PUT /api/sign-in-rules`: what a station asks of who has a role there or below it. */
export const signInRulesSchema = z.strictObject({
  stationId: z.uuid(),
  secondFactorRoles: z.array(z.enum(askableRoles)).max(askableRoles.length),
});
export type SignInRules = z.infer<typeof signInRulesSchema>;

/** `GET /api/sign-in-rules?station`: of the stations that the viewer administers. */
export const signInRulesListSchema = z.object({ rules: z.array(signInRulesSchema) });

export const endedSessionsSchema = z.object({ ended: z.int() });
