import { inRoom, json, nothing, type Operation } from '../../openapi/operation.ts';
import { issuedTokenSchema, newTokenSchema, tokensSchema } from './contract.ts';

const { get, change } = inRoom('Personal tokens');

export const tokenOperations: readonly Operation[] = [
  get('/api/account/tokens', 'One’s own tokens', {
    access: 'person',
    answers: { 200: json('those that hold, newest first', tokensSchema) },
  }),
  change('post', '/api/account/tokens', 'Makes a read-only token, shown once', {
    body: newTokenSchema,
    answers: { 201: json('the token', issuedTokenSchema) },
    refuses: { 403: 'not-allowed: a token or a screen makes none', 409: 'too-many-tokens' },
  }),
  change('delete', '/api/account/tokens/{id}', 'Revokes a token', {
    answers: { 204: nothing('it is worth nothing now') },
  }),
];
