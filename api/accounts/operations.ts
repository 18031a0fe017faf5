import { z } from 'zod';
import { inRoom, json, nothing, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema, stationQuerySchema } from '../reading/contract.ts';
import * as ways from './contract.ts';

const signing = inRoom('Signing in', { access: 'anybody' });
const own = inRoom('Own account');
const providers = inRoom('Identity providers', { may: 'manageAccounts' });
const inviting = inRoom('Invitations', { may: 'invite' });

const session = json('what the viewer is, sees and may do; the session’s cookie is set');
const anybody = { access: 'anybody' } as const;
const person = { access: 'person' } as const;
const signInRefusals = {
  401: 'sign-in-failed, password-expired, second-factor-required, second-factor-wrong or passkey-required',
  429: 'too-many-tries: come again after the time in Retry-After',
};
const confirmRefusals = { 403: 'password-wrong, or sign-in-again for an account without a password' };
const invalidLink = { 404: 'link-invalid: unknown, used or too old' };

export const accountOperations: readonly Operation[] = [
  signing.change('post', '/api/session', 'Signs in', {
    ...anybody,
    body: ways.signInSchema,
    answers: { 200: session },
    refuses: signInRefusals,
  }),
  signing.get('/api/session', 'Who is signed in, and what they see and may do', {
    ...person,
    answers: { 200: json('the session') },
  }),
  signing.change('delete', '/api/session', 'Signs out', { ...anybody, answers: { 204: nothing('the session ended') } }),
  signing.change('post', '/api/session/second-factor', 'Gives the second factor after an identity provider', {
    ...person,
    body: ways.giveSecondFactorSchema,
    answers: { 200: session },
    refuses: signInRefusals,
  }),
  signing.change('post', '/api/session/passkey/begin', 'Begins to sign in by a passkey', {
    ...anybody,
    answers: { 200: json('options for the browser') },
  }),
  signing.change('post', '/api/session/passkey', 'Signs in by a passkey', {
    ...anybody,
    body: ways.passkeySignInSchema,
    answers: { 200: session },
    refuses: signInRefusals,
  }),
  signing.get('/api/sign-in-methods', 'Which ways in there are', { ...anybody, answers: { 200: json('the ways') } }),
  signing.get('/api/oidc/{id}/begin', 'Goes to an identity provider to sign in there', {
    ...anybody,
    answers: { 303: { says: 'to the provider' } },
  }),
  signing.get('/api/oidc/{id}/callback', 'Comes back from an identity provider', {
    ...anybody,
    answers: { 303: { says: 'to the first screen, or to /sign-in?refused=…' } },
  }),
  signing.change('post', '/api/setup/look', 'What the setup link offers', {
    ...anybody,
    body: ways.linkSchema,
    answers: { 200: json('the offer') },
    refuses: invalidLink,
  }),
  signing.change('post', '/api/setup', 'Makes the first administrator by the link that the terminal printed', {
    ...anybody,
    body: ways.setUpSchema,
    answers: { 201: session },
    refuses: { ...invalidLink, 409: 'username-taken' },
  }),
  signing.change('post', '/api/invitations/look', 'What an invitation offers', {
    ...anybody,
    body: ways.linkSchema,
    answers: { 200: json('the offer') },
    refuses: invalidLink,
  }),
  signing.change('post', '/api/invitations/accept', 'Joins by an invitation', {
    ...anybody,
    body: ways.acceptInvitationSchema,
    answers: { 201: session },
    refuses: { ...invalidLink, 409: 'username-taken' },
  }),
  inviting.get('/api/invitations', 'Invitations of a station, newest first', {
    query: stationQuerySchema,
    answers: { 200: json('invitations') },
  }),
  inviting.change('post', '/api/invitations', 'Invites a volunteer to a sentinel point', {
    body: ways.inviteSchema,
    answers: { 201: json('the invitation with its link, told once') },
  }),
  inviting.change('delete', '/api/invitations/{id}', 'Revokes an invitation', {
    answers: { 204: nothing('it is revoked') },
  }),
  own.get('/api/account', 'One’s own ways in', { ...person, answers: { 200: json('the ways') } }),
  own.change('patch', '/api/account', 'Changes how one’s own name is shown', {
    body: ways.changeOwnAccountSchema,
    answers: { 204: nothing('it is changed') },
  }),
  own.change('put', '/api/account/password', 'Changes one’s password; other sessions end', {
    body: ways.changePasswordSchema,
    answers: { 204: nothing('it is changed') },
    refuses: {
      400: 'password-too-short, password-too-common, password-names-you or password-unchanged',
      ...confirmRefusals,
    },
  }),
  own.get('/api/account/sessions', 'One’s own sessions', { ...person, answers: { 200: json('newest use first') } }),
  own.change('delete', '/api/account/sessions', 'Signs out everywhere', { answers: { 204: nothing('all ended') } }),
  own.change('delete', '/api/account/sessions/{id}', 'Ends one of one’s own sessions', {
    answers: { 204: nothing('it ended') },
  }),
  own.change('post', '/api/account/second-factor', 'Begins to add an authenticator', {
    body: ways.addSecondFactorSchema,
    answers: { 200: json('its secret') },
    refuses: confirmRefusals,
  }),
  own.change('post', '/api/account/second-factor/confirm', 'Adds it, by a code of it', {
    body: ways.confirmSecondFactorSchema,
    answers: { 200: json('recovery codes, shown once') },
  }),
  own.change('delete', '/api/account/second-factor', 'Takes the authenticator away', {
    body: ways.confirmedSchema,
    answers: { 204: nothing('it is gone') },
    refuses: confirmRefusals,
  }),
  own.change('post', '/api/account/recovery-codes', 'Makes new recovery codes', {
    body: ways.confirmedSchema,
    answers: { 200: json('the codes, shown once') },
    refuses: confirmRefusals,
  }),
  own.change('post', '/api/account/passkeys/begin', 'Begins to add a passkey', {
    body: ways.beginPasskeySchema,
    answers: { 200: json('options for the browser') },
    refuses: confirmRefusals,
  }),
  own.change('post', '/api/account/passkeys', 'Adds a passkey', {
    body: ways.addPasskeySchema,
    answers: { 201: json('the passkey') },
  }),
  own.change('patch', '/api/account/passkeys/{id}', 'Renames a passkey', {
    body: ways.renamePasskeySchema,
    answers: { 200: json('the passkey') },
  }),
  own.change('delete', '/api/account/passkeys/{id}', 'Takes a passkey away', {
    body: ways.confirmedSchema,
    answers: { 204: nothing('it is gone') },
    refuses: confirmRefusals,
  }),
  own.change('post', '/api/account/identities', 'Begins to link one’s account at an identity provider', {
    body: ways.linkIdentitySchema,
    answers: { 200: json('where to go') },
    refuses: confirmRefusals,
  }),
  own.change('delete', '/api/account/identities/{id}', 'Takes a link to an identity provider away', {
    body: z.strictObject({ password: z.string().optional() }),
    answers: { 204: nothing('it is gone') },
  }),
  providers.get('/api/oidc-providers', 'Identity providers of a station', {
    query: stationQuerySchema,
    answers: { 200: json('providers, without their secrets') },
  }),
  providers.change('post', '/api/oidc-providers', 'Adds an identity provider', {
    body: ways.addProviderSchema,
    answers: { 201: json('the provider') },
  }),
  providers.change('patch', '/api/oidc-providers/{id}', 'Changes an identity provider', {
    body: ways.changeProviderSchema,
    answers: { 200: json('the provider') },
  }),
  providers.change('delete', '/api/oidc-providers/{id}', 'Removes an identity provider', {
    query: deletionQuerySchema,
    refuses: { 409: 'confirmation-required: with what goes, and the code to send back' },
    answers: { 204: nothing('it is gone') },
  }),
  providers.change('post', '/api/accounts/{id}/identities', 'Links an account to a subject of an identity provider', {
    body: ways.addIdentitySchema,
    answers: { 201: json('the link') },
  }),
];
