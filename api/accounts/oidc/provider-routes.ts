import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { isUuid } from '../../database/database.ts';
import { isLoopback } from '../../environment.ts';
import { Problem } from '../../errors.ts';
import { clientAddressOf } from '../../operation/client-address.ts';
import { requireConfirmation } from '../../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../../reading/contract.ts';
import { readBody } from '../../reading/read-body.ts';
import { readQuery } from '../../reading/read-query.ts';
import { listStationTree } from '../../stations/queries.ts';
import { requireAction, stationsFor } from '../audience.ts';
import {
  addIdentitySchema,
  addProviderSchema,
  changeProviderSchema,
  type OidcProvider,
  type OidcProviders,
} from '../contract.ts';
import { findViewers } from '../session-queries.ts';
import type { Viewer } from '../viewer.ts';
import type { WaysIn } from '../ways-in.ts';
import { providerSecretFor } from './provider-clients.ts';
import {
  countIdentitiesOf,
  deleteIdentitiesOf,
  deleteProvider,
  insertIdentity,
  listIdentities,
  listProviders,
  putProvider,
  type ProviderRow,
} from './queries.ts';
import { mayVouch, stationsBelow } from './reach.ts';
import { redirectUriOf } from './routes.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** Administration of the identity providers of a station. */
export function createProviderRoutes(ways: WaysIn) {
  const { database, viewerOf, seal, audit } = ways;

  const tell = (viewer: Viewer, request: Request, provider: ProviderRow, verb: string) =>
    audit.write({
      stationId: provider.stationId,
      actor: { accountId: viewer.accountId, name: viewer.displayName },
      action: `identity-provider.${verb}`,
      target: { kind: 'identity-provider', id: provider.id, name: provider.label },
      detail: { issuer: provider.issuer },
      address: clientAddressOf(request),
      outcome: 'done',
    });

  /** @throws {Problem} 404 */
  async function requireProvider(viewer: Viewer, id: string) {
    const stationIds = stationsFor(viewer, 'manageAccounts');
    const providers = await database.inScope(stationIds, (transaction) => listProviders(transaction, stationIds));
    const provider = providers.find((row) => row.id === id.toLowerCase());
    if (!provider) throw new Problem(404, 'not-found', 'There is no such identity provider');
    return provider;
  }

  return new Hono()
    .get('/oidc-providers', async (context) => {
      const viewer = await viewerOf(context.req.raw);
      const asked = context.req.query('station')?.toLowerCase();
      if (asked !== undefined) requireAction(viewer, asked, 'manageAccounts');
      const stationIds = asked === undefined ? stationsFor(viewer, 'manageAccounts') : [asked];
      const rows = await database.inScope(stationIds, (transaction) => listProviders(transaction, stationIds));
      const answer: OidcProviders = { providers: rows.map((row) => describe(row, context.req.raw)) };
      return context.json(answer, 200, unkept);
    })
    .post('/oidc-providers', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const { clientSecret, clientSecretFrom, ...fields } = await readBody(addProviderSchema, request);
      requireAction(viewer, fields.stationId.toLowerCase(), 'manageAccounts');
      const id = uuidv7();
      const provider = {
        ...fields,
        id,
        ...secretOf(id, clientSecret ?? null, clientSecretFrom ?? null),
        isEnabled: true,
      };
      checkIssuer(provider.issuer);
      await database.inScope([provider.stationId], (transaction) => putProvider(transaction, provider));
      await tell(viewer, request, provider, 'add');
      return context.json(describe(provider, request), 201);
    })
    .patch('/oidc-providers/:id', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const { clientSecret, clientSecretFrom, ...fields } = await readBody(changeProviderSchema, request);
      const known = await requireProvider(viewer, context.req.param('id'));
      const provider = {
        ...known,
        ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        ...((clientSecret !== undefined || clientSecretFrom !== undefined) &&
          secretOf(known.id, clientSecret ?? null, clientSecretFrom ?? null)),
      };
      checkIssuer(provider.issuer);
      const below = [...stationsBelow(provider.stationId, await listStationTree(database))];
      await database.inScope(below, async (transaction) => {
        if (provider.issuer !== known.issuer) await deleteIdentitiesOf(transaction, below, provider.id);
        await putProvider(transaction, provider);
      });
      await tell(viewer, request, provider, 'change');
      return context.json(describe(provider, request));
    })
    .delete('/oidc-providers/:id', async (context) => {
      const viewer = await viewerOf(context.req.raw);
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const provider = await requireProvider(viewer, context.req.param('id'));
      const below = [...stationsBelow(provider.stationId, await listStationTree(database))];
      await database.inScope(below, async (transaction) => {
        requireConfirmation(confirm, provider, {
          identities: await countIdentitiesOf(transaction, below, provider.id),
        });
        await deleteProvider(transaction, provider.stationId, provider.id);
      });
      await tell(viewer, context.req.raw, provider, 'remove');
      return context.body(null, 204);
    })
    .post('/accounts/:id/identities', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const accountId = context.req.param('id').toLowerCase();
      const { providerId, subject } = await readBody(addIdentitySchema, request);
      const provider = await requireProvider(viewer, providerId);
      const administered = new Set(stationsFor(viewer, 'manageAccounts'));
      const [account] = isUuid(accountId)
        ? await database.inScope([], (transaction) => findViewers(transaction, [accountId]))
        : [];
      if (!account || !administered.has(account.stationId))
        throw new Problem(404, 'not-found', 'There is no such account');
      const below = stationsBelow(provider.stationId, await listStationTree(database));
      if (!mayVouch(administered, account) || !mayVouch(below, account))
        throw new Problem(403, 'out-of-reach', 'This account reaches further than the provider', {
          detail: 'All its roles must lie at the provider’s station or below, and where you administer.',
        });
      const { stationId } = account;
      const identities = await database.inScope([stationId], async (transaction) => {
        const identity = { id: uuidv7(), stationId, accountId, providerId: provider.id, subject, name: null };
        if (!(await insertIdentity(transaction, identity)))
          throw new Problem(409, 'identity-taken', 'This identity is linked to an account already');
        return (await listIdentities(transaction, { stationId, accountId })).find(({ id }) => id === identity.id)!;
      });
      await audit.write({
        stationId,
        actor: { accountId: viewer.accountId, name: viewer.displayName },
        action: 'account.identity-linked',
        target: { kind: 'account', id: accountId, name: account.username },
        detail: { provider: provider.id },
        address: clientAddressOf(request),
        outcome: 'done',
      });
      return context.json(identities, 201);
    });

  function secretOf(id: string, secret: string | null, variable: string | null) {
    if (secret && variable)
      throw new Problem(400, 'invalid-body', 'The secret is given, or named, not both', {
        errors: [{ field: 'clientSecretFrom', got: 'both', expected: 'clientSecret or clientSecretFrom' }],
      });
    return { sealedSecret: secret ? seal.seal(providerSecretFor(id), secret) : null, secretVariable: variable };
  }
}

/** Who signs in must not be read by the network: plain http only on this machine. */
function checkIssuer(issuer: string): void {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return;
  throw new Problem(400, 'invalid-body', 'The provider must be reached by https', {
    errors: [{ field: 'issuer', got: 'http', expected: 'an address that begins with https://', code: 'https' }],
  });
}

const describe = (
  { sealedSecret, secretVariable, version: _, ...provider }: ProviderRow & { isEnabled: boolean; version?: number },
  request: Request,
): OidcProvider => ({
  ...provider,
  secret: sealedSecret ? 'stored' : secretVariable ? 'environment' : 'none',
  clientSecretFrom: secretVariable,
  redirectUri: redirectUriOf(request, provider.id),
});
