import { inRoom, json, nothing, type Operation } from '../../openapi/operation.ts';
import { stationQuerySchema } from '../../reading/contract.ts';
import {
  accountChangeSchema,
  accountSchema,
  accountSessionsSchema,
  accountsSchema,
  endedSessionsSchema,
  issuedPasswordSchema,
  newAccountSchema,
  signInRulesListSchema,
  signInRulesSchema,
  wallLinkSchema,
  wallSignInSchema,
} from './contract.ts';

const { get, change } = inRoom('Administering people', { may: 'manageAccounts' });
const reach = {
  403: 'beyond-reach: the account has roles at stations that the viewer does not administer',
  409: 'own-account: nobody does this to themselves',
};

export const peopleOperations: readonly Operation[] = [
  get('/api/accounts', 'Accounts of the stations that the viewer administers', {
    query: stationQuerySchema,
    answers: { 200: json('accounts with their roles there', accountsSchema) },
  }),
  get('/api/sign-in-rules', 'Which roles a station asks a second factor of, besides administrators', {
    query: stationQuerySchema,
    answers: { 200: json('of the stations that the viewer administers', signInRulesListSchema) },
  }),
  change('put', '/api/sign-in-rules', 'Asks a second factor of further roles, at a station and below it', {
    body: signInRulesSchema,
    answers: { 200: json('the rules as they are now', signInRulesSchema) },
  }),
  change('post', '/api/accounts', 'Makes an account, with a password that is shown once', {
    body: newAccountSchema,
    answers: { 201: json('the account and its password', issuedPasswordSchema) },
    refuses: { 409: 'taken: the username or the member has an account' },
  }),
  change('patch', '/api/accounts/{id}', 'Changes an account, its roles at the viewer’s stations, or disables it', {
    body: accountChangeSchema,
    isVersioned: true,
    answers: { 200: json('the account as it is now', accountSchema) },
    refuses: reach,
  }),
  change('post', '/api/accounts/{id}/password', 'Issues another password; all sessions of the account end', {
    answers: { 200: json('the password, shown once', issuedPasswordSchema) },
    refuses: reach,
  }),
  change('delete', '/api/accounts/{id}/second-factor', 'Takes away authenticator, recovery codes and passkeys', {
    answers: { 204: nothing('they are gone, and all sessions of the account ended') },
    refuses: reach,
  }),
  get('/api/accounts/{id}/sessions', 'Open sessions of an account', {
    access: 'viewer',
    answers: { 200: json('newest use first', accountSessionsSchema) },
  }),
  change('delete', '/api/accounts/{id}/sessions', 'Ends all sessions of an account', {
    answers: { 200: json('how many ended', endedSessionsSchema) },
    refuses: reach,
  }),
  change('delete', '/api/accounts/{id}/sessions/{sessionId}', 'Ends one session', {
    answers: { 204: nothing('it ended') },
    refuses: reach,
  }),
  change('post', '/api/accounts/{id}/wall-link', 'Makes a link that signs a screen in, once, within an hour', {
    answers: { 201: json('the link, shown once', wallLinkSchema) },
    refuses: { ...reach, 409: 'no-wall: its one role is not wall' },
  }),
  {
    method: 'post',
    path: '/api/session/wall',
    room: 'Signing in',
    says: 'Signs a screen in by what stands after # in its link',
    access: 'anybody',
    body: wallSignInSchema,
    answers: { 200: json('the session; its cookie is set') },
    refuses: { 404: 'link-invalid: unknown, used or too old' },
  },
];
