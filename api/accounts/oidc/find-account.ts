import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../database/database.ts';
import { listStationTree } from '../../stations/queries.ts';
import { usernameSchema } from '../contract.ts';
import { findSignIn, findViewers } from '../session-queries.ts';
import { findIdentity, insertIdentity, type ProviderRow } from './queries.ts';
import { mayVouch, stationsBelow } from './reach.ts';

/** What the provider says of who signed in; claims as OpenID Connect Core 5.1 names them. */
export interface Claims {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
  preferred_username?: unknown;
  name?: unknown;
  amr?: unknown;
}

/**
 * The account that an identity opens: the one it is linked to, or, where the provider is set so, the one whose username
 * the claim says, which is linked by that.
 * @returns a refusal when there is none, or when the provider may not vouch for it
 */
export async function findAccount(
  database: Database,
  provider: ProviderRow,
  claims: Claims,
): Promise<{ accountId: string; stationId: string } | 'unknown-identity' | 'out-of-reach'> {
  const tree = await listStationTree(database);
  const username = claimedUsername(provider, claims);
  const found = await database.inScope([], async (transaction) => {
    const linked = await findIdentity(transaction, provider.id, claims.sub);
    const match = linked ?? (username ? await findSignIn(transaction, username) : null);
    // Disabled accounts are not among the viewers.
    const [account] = match ? await findViewers(transaction, [match.accountId]) : [];
    return account && { account, isLinked: linked !== null };
  });
  if (!found) return 'unknown-identity';
  const { account, isLinked } = found;
  if (!mayVouch(stationsBelow(provider.stationId, tree), account)) return 'out-of-reach';
  const { accountId, stationId } = account;
  if (!isLinked)
    await database.inScope([stationId], (transaction) =>
      insertIdentity(transaction, {
        id: uuidv7(),
        stationId,
        accountId,
        providerId: provider.id,
        subject: claims.sub,
        name: nameOf(claims),
      }),
    );
  return { accountId, stationId };
}

function claimedUsername({ usernameClaim }: ProviderRow, claims: Claims): string | undefined {
  if (!usernameClaim) return undefined;
  if (usernameClaim === 'email' && claims.email_verified !== true) return undefined;
  const parsed = usernameSchema.safeParse(claims[usernameClaim]);
  return parsed.success ? parsed.data : undefined;
}

/** What the person is called there, for telling identities apart. */
export function nameOf({ email, preferred_username, name }: Claims): string | null {
  for (const text of [email, preferred_username, name])
    if (typeof text === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text)) return text;
  return null;
}

/** RFC 8176: how the session proved itself, by what the provider tells of it. */
export function methodsOf({ amr }: Claims): string[] {
  const strong = Array.isArray(amr) && amr.some((method) => ['mfa', 'otp', 'hwk'].includes(method as string));
  return strong ? ['fed', 'mfa'] : ['fed'];
}
