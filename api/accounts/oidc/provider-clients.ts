import * as oidc from 'openid-client';
import { Problem } from '../../errors.ts';
import { readSecret } from '../../operation/read-secret.ts';
import type { Seal } from '../../operation/seal.ts';
import type { ProviderRow } from './queries.ts';

const timeoutS = 10;
/** A provider's addresses and keys are asked for again after this. */
const freshForMs = 3_600_000;
const failedForMs = 10_000;

export const providerSecretFor = (providerId: string): string => `oidc ${providerId}`;

/** What the providers say of themselves, asked once an hour. */
export interface ProviderClients {
  /** @throws {Problem} 502 when the provider does not answer, or not as one */
  open(provider: ProviderRow): Promise<oidc.Configuration>;
}

export function createProviderClients(seal: Seal): ProviderClients {
  const opened = new Map<string, { row: string; untilMs: number; client: Promise<oidc.Configuration> }>();
  return {
    async open(provider) {
      const row = JSON.stringify(provider);
      const known = opened.get(provider.id);
      const isFresh = known !== undefined && known.row === row && known.untilMs > Date.now();
      const client = isFresh ? known.client : discover(provider, readProviderSecret(seal, provider));
      if (!isFresh) opened.set(provider.id, { row, untilMs: Date.now() + freshForMs, client });
      try {
        return await client;
      } catch (error) {
        // Whoever knocks again and again must not make this server knock there as often.
        if (!isFresh) opened.set(provider.id, { row, untilMs: Date.now() + failedForMs, client });
        throw new Problem(502, 'provider-unavailable', 'The identity provider does not answer', { cause: error });
      }
    },
  };
}

function discover({ issuer, clientId }: ProviderRow, secret: string | undefined): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  return oidc.discovery(url, clientId, secret, secret ? undefined : oidc.None(), {
    timeout: timeoutS,
    execute: [
      // Else an ID token counts for the TLS it came by (OpenID Connect Core, 3.1.3.7) and its signature is not looked at.
      oidc.enableNonRepudiationChecks,
      // Plain http is let in for this machine only, when the provider is named.
      ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
    ],
  });
}

function readProviderSecret(seal: Seal, { id, sealedSecret, secretVariable }: ProviderRow): string | undefined {
  if (secretVariable) return readSecret(process.env, secretVariable);
  if (!sealedSecret) return undefined;
  const secret = seal.open(providerSecretFor(id), sealedSecret);
  if (!secret)
    throw new Error(
      'The secret of an identity provider cannot be read: SECRET_KEY or DATA_DIR/secret.key is not the one it was made with.',
    );
  return secret.toString();
}
