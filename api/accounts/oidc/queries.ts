import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Identity } from '../contract.ts';

export interface ProviderRow {
  id: string;
  stationId: string;
  label: string;
  issuer: string;
  clientId: string;
  sealedSecret: Buffer | null;
  secretVariable: string | null;
  scope: string;
  usernameClaim: 'email' | 'preferred_username' | null;
}

/** The providers in use, or the one with this id. Before there is a scope. Reads a small table. */
export async function findProviders(transaction: Transaction, id: string | null): Promise<ProviderRow[]> {
  return transaction.query<ProviderRow>(sql`
    SELECT id, station_id AS "stationId", label, issuer, client_id AS "clientId", sealed_secret AS "sealedSecret",
      secret_variable AS "secretVariable", scope, username_claim AS "usernameClaim"
    FROM find_oidc_providers(${id}::uuid)`);
}

/** The providers of these stations, those out of use too. By oidc_providers_station_idx. */
export async function listProviders(
  transaction: Transaction,
  stationIds: readonly string[],
): Promise<(ProviderRow & { isEnabled: boolean; version: number })[]> {
  return transaction.query<ProviderRow & { isEnabled: boolean; version: number }>(sql`
    SELECT id, station_id AS "stationId", label, issuer, client_id AS "clientId", sealed_secret AS "sealedSecret",
      secret_variable AS "secretVariable", scope, username_claim AS "usernameClaim", disabled_at IS NULL AS "isEnabled", version
    FROM oidc_providers WHERE station_id = ANY(${stationIds}::uuid[]) ORDER BY created_at, id`);
}

/** Writes a new provider, or how one is from now on. */
export async function putProvider(
  transaction: Transaction,
  provider: ProviderRow & { isEnabled: boolean },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO oidc_providers (id, station_id, label, issuer, client_id, sealed_secret, secret_variable, scope, username_claim, disabled_at)
    VALUES (${provider.id}, ${provider.stationId}, ${provider.label}, ${provider.issuer}, ${provider.clientId},
      ${provider.sealedSecret}, ${provider.secretVariable}, ${provider.scope}, ${provider.usernameClaim},
      CASE WHEN ${provider.isEnabled}::boolean THEN NULL ELSE now() END)
    ON CONFLICT (id) DO UPDATE SET label = excluded.label, issuer = excluded.issuer, client_id = excluded.client_id,
      sealed_secret = excluded.sealed_secret, secret_variable = excluded.secret_variable, scope = excluded.scope,
      username_claim = excluded.username_claim, disabled_at = excluded.disabled_at`);
}

/** @returns whether it was there */
export async function deleteProvider(transaction: Transaction, stationId: string, id: string): Promise<boolean> {
  return (
    (await transaction.execute(sql`DELETE FROM oidc_providers WHERE station_id = ${stationId} AND id = ${id}`)) === 1
  );
}

/** How many accounts of these stations sign in by a provider. By identities_provider_id_subject_key. */
export async function countIdentitiesOf(
  transaction: Transaction,
  stationIds: readonly string[],
  providerId: string,
): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(sql`
    SELECT count(*)::integer AS count FROM identities
    WHERE station_id = ANY(${stationIds}::uuid[]) AND provider_id = ${providerId}`);
  return row?.count ?? 0;
}

/** Who they were at the provider says nothing about who they are at another. */
export async function deleteIdentitiesOf(
  transaction: Transaction,
  stationIds: readonly string[],
  providerId: string,
): Promise<void> {
  await transaction.execute(
    sql`DELETE FROM identities WHERE station_id = ANY(${stationIds}::uuid[]) AND provider_id = ${providerId}`,
  );
}

/** Whose identity is this? null: nobody's. Before there is a scope. By identities_provider_id_subject_key. */
export async function findIdentity(
  transaction: Transaction,
  providerId: string,
  subject: string,
): Promise<{ accountId: string; stationId: string } | null> {
  const [row] = await transaction.query<{ accountId: string; stationId: string }>(
    sql`SELECT account_id AS "accountId", station_id AS "stationId" FROM find_identity(${providerId}, ${subject})`,
  );
  return row ?? null;
}

export interface NewIdentity {
  id: string;
  stationId: string;
  accountId: string;
  providerId: string;
  subject: string;
  name: string | null;
}

/** @returns false: the identity is somebody's already */
export async function insertIdentity(transaction: Transaction, identity: NewIdentity): Promise<boolean> {
  const inserted = await transaction.execute(sql`
    INSERT INTO identities (id, station_id, account_id, provider_id, subject, name)
    VALUES (${identity.id}, ${identity.stationId}, ${identity.accountId}, ${identity.providerId}, ${identity.subject}, ${identity.name})
    ON CONFLICT (provider_id, subject) DO NOTHING`);
  return inserted === 1;
}

/** The identities of an account with the labels of their providers, which may lie above its station. By identities_account_idx. */
export async function listIdentities(
  transaction: Transaction,
  { stationId, accountId }: { stationId: string; accountId: string },
): Promise<Identity[]> {
  const rows = await transaction.query<Omit<Identity, 'linkedAt'> & { linkedAt: Date }>(sql`
    SELECT i.id, i.provider_id AS "providerId", coalesce(p.label, '') AS "providerLabel", i.name, i.linked_at AS "linkedAt"
    FROM identities i LEFT JOIN find_oidc_providers(NULL) p ON p.id = i.provider_id
    WHERE i.station_id = ${stationId} AND i.account_id = ${accountId} ORDER BY i.linked_at, i.id`);
  return rows.map((row) => ({ ...row, linkedAt: row.linkedAt.toISOString() }));
}

/** @returns whether the account had it */
export async function deleteIdentity(
  transaction: Transaction,
  { stationId, accountId }: { stationId: string; accountId: string },
  id: string,
): Promise<boolean> {
  const deleted = await transaction.execute(
    sql`DELETE FROM identities WHERE station_id = ${stationId} AND account_id = ${accountId} AND id = ${id}`,
  );
  return deleted === 1;
}
