// A provider that answers in every way wrong: what it vouches for must be signed by its own key, for us, now, and for
// the sign-in that was begun. (No certified provider can be made to do this; the way as it should be is oidc.test.ts.)
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { OidcProvider } from '../../api/accounts/contract.ts';
import { makeStation } from '../database/harness.ts';
import { createBrowser, type Browser } from '../fixtures/browser.ts';
import { makeAccount } from '../fixtures/make-viewer.ts';
import { signIn as signInAs, type Asker } from './administration.ts';
import { openTestApp, type TestApp } from './open-test-app.ts';

const clientSecret = 'secret of the client, long enough';
const subject = `officer-${uuidv7()}`;
const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 });

let served: TestApp;
let server: Server;
let issuer: string;
let provider: OidcProvider;
/** What the token endpoint answers next. */
let idToken: string;
let tokenStatus = 200;
/** Where something was asked for that nobody should have gone to. */
const strayed: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = (body: unknown, status = 200, headers = {}) =>
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
    const path = request.url!.split('?')[0];
    if (path === '/.well-known/openid-configuration')
      answer({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
      });
    else if (path === '/jwks')
      answer({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] });
    else if (path === '/token' && tokenStatus !== 200) answer({}, tokenStatus, { Location: `${issuer}/elsewhere` });
    else if (path === '/token') answer({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken });
    else {
      strayed.push(path!);
      answer({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  served = await openTestApp(undefined, { withSessions: true });
  const stationId = await makeStation(served.database);
  const administrator: Asker = await signInAs(served, stationId, 'administrator');
  const made = await administrator.ask('POST', '/api/oidc-providers', {
    stationId,
    label: 'a provider gone wrong',
    issuer,
    clientId: 'shaodian',
    clientSecret,
  });
  expect(made.status).toBe(201);
  provider = made.body as OidcProvider;
  const officer = await makeAccount(served.database, stationId, 'officer');
  const linked = await administrator.ask('POST', `/api/accounts/${officer.id}/identities`, {
    providerId: provider.id,
    subject,
  });
  expect(linked.status).toBe(201);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await served.close();
});

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
function write(header: object, claims: object, key: KeyObject | string | null): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature =
    key === null
      ? ''
      : typeof key === 'string'
        ? createHmac('sha256', key).update(signed).digest('base64url')
        : sign('sha256', Buffer.from(signed), key).toString('base64url');
  return `${signed}.${signature}`;
}

/** The same token with one more claim, and the signature it had. */
function addName(token: string): string {
  const [header, claims, signature] = token.split('.');
  const said = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as object;
  return [header, encode({ ...said, preferred_username: 'commander' }), signature].join('.');
}

interface Wrong {
  header?: object;
  claims?: object;
  key?: KeyObject | string | null;
  /** Something done to the finished token. */
  alter?: (token: string) => string;
  back?: Record<string, string>;
}

/** The whole way, with this wrong; where the browser is sent, and whether it is signed in. */
async function signIn({ header, claims, key = own.privateKey, alter, back }: Wrong): Promise<[string, number]> {
  const browser: Browser = createBrowser(served.app);
  const begun = new URL((await browser.get(`/api/oidc/${provider.id}/begin`)).headers.get('Location')!);
  const now = Math.floor(Date.now() / 1000);
  const token = write(
    { alg: 'RS256', kid: 'own', typ: 'JWT', ...header },
    {
      iss: issuer,
      sub: subject,
      aud: 'shaodian',
      iat: now,
      exp: now + 60,
      nonce: begun.searchParams.get('nonce'),
      ...claims,
    },
    key,
  );
  idToken = alter ? alter(token) : token;
  const query = new URLSearchParams({ code: 'c', state: begun.searchParams.get('state')!, iss: issuer, ...back });
  const ended = await browser.get(`/api/oidc/${provider.id}/callback?${query}`);
  return [ended.headers.get('Location') ?? '', (await browser.get('/api/session')).status];
}

const refused = ['/sign-in?refused=provider-refused', 401];

test('what its own key signed, for us, now, signs in', async () => {
  expect(await signIn({})).toEqual(['/', 200]);
});

test.each<[string, Wrong]>([
  ['another key signed', { key: strange.privateKey }],
  ['another key signed under an unknown name', { key: strange.privateKey, header: { kid: 'strange' } }],
  ['nobody signed', { header: { alg: 'none' }, key: null }],
  ['nobody signed although it says so', { key: null }],
  ['was signed with the client’s secret', { header: { alg: 'HS256' }, key: clientSecret }],
  ['was signed with the public key as a secret', { header: { alg: 'HS256' }, key: own.publicKey.export({ type: 'spki', format: 'pem' }) as string }], // prettier-ignore
  ['was altered after signing', { alter: addName }],
  ['is for another client', { claims: { aud: 'another' } }],
  ['is for several, and another may use it', { claims: { aud: ['shaodian', 'another'], azp: 'another' } }],
  ['another issuer wrote', { claims: { iss: 'https://other.example' } }],
  ['has ended', { claims: { iat: 1_000_000_000, exp: 1_000_000_060 } }],
  ['has no end', { claims: { exp: undefined } }],
  ['names nobody', { claims: { sub: undefined } }],
  ['answers another sign-in', { claims: { nonce: 'of another' } }],
  ['answers no sign-in', { claims: { nonce: undefined } }],
  ['is no token at all', { alter: () => 'token' }],
  ['came back under another state', { back: { state: 'of another' } }],
  ['came back from another provider', { back: { iss: 'https://other.example' } }],
])('what %s signs nobody in', async (_, wrong) => {
  expect(await signIn(wrong)).toEqual(refused);
});

test('a provider that sends the server elsewhere is not followed', async () => {
  for (tokenStatus of [302, 307, 308]) expect(await signIn({})).toEqual(refused);
  tokenStatus = 200;
  expect(strayed).toEqual([]);
});
