import { Hono, type Context } from 'hono';
import * as oidc from 'openid-client';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { isUuid } from '../../database/database.ts';
import { Problem } from '../../errors.ts';
import { clientAddressOf, originOf } from '../../operation/client-address.ts';
import { asError } from '../../operation/log.ts';
import { readBody } from '../../reading/read-body.ts';
import { listStationTree } from '../../stations/queries.ts';
import { beginSession, ownerOf } from '../begin-session.ts';
import { createCeremonies } from '../ceremonies.ts';
import { confirmIdentity } from '../confirm-identity.ts';
import { confirmedSchema, linkIdentitySchema, type BeginLink, type SignInMethods } from '../contract.ts';
import { relyingPartyOf } from '../passkeys/relying-party.ts';
import { hasAdministrator } from '../setup/queries.ts';
import { requireFreeSession, tellOf, type WaysIn } from '../ways-in.ts';
import { findAccount, methodsOf, nameOf, type Claims } from './find-account.ts';
import { createProviderClients } from './provider-clients.ts';
import { deleteIdentity, findProviders, insertIdentity, type ProviderRow } from './queries.ts';
import { mayVouch, stationsBelow } from './reach.ts';

const unkept = { 'Cache-Control': 'no-store' };

const stateSchema = z.object({
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The session whose account the identity is to be linked to; null: signing in. */
  linkFor: z.string().nullable(),
});
type State = z.infer<typeof stateSchema>;

/** Where the provider sends the browser back to; to be registered there. */
export const redirectUriOf = (request: Request, providerId: string): string =>
  `${originOf(request)}/api/oidc/${providerId}/callback`;

/** Signing in by a station's identity provider: authorization code with PKCE, state and nonce (RFC 9700). */
export function createOidcRoutes(ways: WaysIn) {
  const { database, sessions, seal, audit, log } = ways;
  const clients = createProviderClients(seal);
  const ceremonies = createCeremonies({ seal, jar: sessions.jar }, 'oidc', stateSchema, ({ state }) => state);

  /** @throws {Problem} 404 */
  async function requireProvider(id: string): Promise<ProviderRow> {
    const [provider] = isUuid(id) ? await database.inScope([], (transaction) => findProviders(transaction, id)) : [];
    if (!provider) throw new Problem(404, 'not-found', 'There is no such identity provider');
    return provider;
  }

  /** Keeps what the answer must match; the address to go to. */
  async function begin(context: Context, provider: ProviderRow, linkFor: string | null): Promise<string> {
    const client = await clients.open(provider);
    const state: State = {
      providerId: provider.id,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      linkFor,
    };
    ceremonies.begin(context, state);
    return oidc.buildAuthorizationUrl(client, {
      redirect_uri: redirectUriOf(context.req.raw, provider.id),
      scope: provider.scope,
      state: state.state,
      nonce: state.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(state.verifier),
      code_challenge_method: 'S256',
    }).href;
  }

  /** What the provider says of who came back. @throws whatever is not as it must be */
  async function readClaims(request: Request, provider: ProviderRow, state: State): Promise<Claims> {
    const client = await clients.open(provider);
    const came = new URL(`${originOf(request)}${new URL(request.url).pathname}${new URL(request.url).search}`);
    const tokens = await oidc.authorizationCodeGrant(client, came, {
      pkceCodeVerifier: state.verifier,
      expectedState: state.state,
      expectedNonce: state.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    if (!provider.usernameClaim || provider.usernameClaim in claims || !client.serverMetadata().userinfo_endpoint)
      return claims;
    return { ...(await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)), amr: claims['amr'] };
  }

  async function link(context: Context, provider: ProviderRow, claims: Claims, sessionId: string): Promise<Response> {
    const held = await sessions.find(context.req.raw);
    if (held?.session.sessionId !== sessionId) return context.redirect('/sign-in?refused=begin-again', 303);
    const owner = ownerOf(held);
    const tree = await listStationTree(database);
    if (!mayVouch(stationsBelow(provider.stationId, tree), held.account))
      return context.redirect('/account?refused=out-of-reach', 303);
    const isNew = await database.inScope([owner.stationId], (transaction) =>
      insertIdentity(transaction, {
        ...owner,
        id: uuidv7(),
        providerId: provider.id,
        subject: claims.sub,
        name: nameOf(claims),
      }),
    );
    if (!isNew) return context.redirect('/account?refused=identity-taken', 303);
    await tellOf(ways, held, context.req.raw, 'account.identity-linked', { provider: provider.id });
    return context.redirect('/account', 303);
  }

  async function signIn(context: Context, provider: ProviderRow, claims: Claims): Promise<Response> {
    const found = await findAccount(database, provider, claims);
    if (typeof found === 'string') {
      await audit.write({
        stationId: provider.stationId,
        actor: null,
        action: 'session.begin',
        target: { kind: 'identity', id: claims.sub, name: nameOf(claims) ?? '' },
        detail: { wrong: found, provider: provider.id },
        address: clientAddressOf(context.req.raw),
        outcome: 'failed',
      });
      return context.redirect(`/sign-in?refused=${found}`, 303);
    }
    await beginSession(ways, context, found.accountId, methodsOf(claims));
    return context.redirect('/', 303);
  }

  return new Hono()
    .get('/sign-in-methods', async (context) => {
      const [providers, hasOne] = await database.inScope([], async (transaction) => [
        await findProviders(transaction, null),
        await hasAdministrator(transaction),
      ]);
      const answer: SignInMethods = {
        password: true,
        passkeys: relyingPartyOf(context.req.raw) !== undefined,
        providers: providers.map(({ id, label }) => ({ id, label })),
        needsSetup: !hasOne,
      };
      return context.json(answer, 200, unkept);
    })
    .get('/oidc/:id/begin', async (context) => {
      context.header('Cache-Control', 'no-store');
      try {
        const provider = await requireProvider(context.req.param('id'));
        return context.redirect(await begin(context, provider, null), 303);
      } catch (error) {
        return refuse(context, log, error, '/sign-in');
      }
    })
    .get('/oidc/:id/callback', async (context) => {
      context.header('Cache-Control', 'no-store');
      const state = ceremonies.end(context);
      const back = state?.linkFor ? '/account' : '/sign-in';
      if (!state || state.providerId !== context.req.param('id'))
        return context.redirect(`${back}?refused=begin-again`, 303);
      try {
        const provider = await requireProvider(state.providerId);
        const claims = await readClaims(context.req.raw, provider, state);
        ceremonies.spend(state);
        return state.linkFor
          ? await link(context, provider, claims, state.linkFor)
          : await signIn(context, provider, claims);
      } catch (error) {
        return refuse(context, log, error, back);
      }
    })
    .post('/account/identities', async (context) => {
      const { providerId, password } = await readBody(linkIdentitySchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      await confirmIdentity(ways, held, password, context.req.raw);
      const provider = await requireProvider(providerId);
      const answer: BeginLink = { redirectTo: await begin(context, provider, held.session.sessionId) };
      return context.json(answer, 200, unkept);
    })
    .delete('/account/identities/:id', async (context) => {
      const { password } = await readBody(confirmedSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      await confirmIdentity(ways, held, password, context.req.raw);
      const id = context.req.param('id');
      const owner = ownerOf(held);
      const isGone =
        isUuid(id) &&
        (await database.inScope([owner.stationId], (transaction) => deleteIdentity(transaction, owner, id)));
      if (!isGone) throw new Problem(404, 'not-found', 'You have no such identity');
      await tellOf(ways, held, context.req.raw, 'account.identity-removed', { identity: id });
      return context.body(null, 204);
    });
}

/** A person with a browser comes here, not a program: back to the page, which says it in their language. */
function refuse(context: Context, log: WaysIn['log'], error: unknown, back: string): Response {
  if (error instanceof oidc.AuthorizationResponseError)
    return context.redirect(
      `${back}?refused=${error.error === 'access_denied' ? 'cancelled' : 'provider-refused'}`,
      303,
    );
  if (error instanceof Problem) return context.redirect(`${back}?refused=${error.kind}`, 303);
  log.warn('oidc.refused', { error: asError(error) });
  return context.redirect(`${back}?refused=provider-refused`, 303);
}
