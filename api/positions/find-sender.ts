import type { Context } from 'hono';
import { Problem } from '../errors.ts';
import type { Credential, UnitRegistry } from '../units/registry.ts';

const bearer = /^Bearer +(\S+) *$/i;

/** The token of an `Authorization: Bearer` header; undefined when there is none. */
export const readBearerToken = (context: Context): string | undefined =>
  bearerTokenOf(context.req.header('authorization'));

export const bearerTokenOf = (authorization: string | undefined): string | undefined =>
  bearer.exec(authorization ?? '')?.[1];

/**
 * Who reports, by the token that was sent; undefined: none was.
 * @throws {Problem} 401 when it is no device's and no gateway's, or was revoked
 */
export function findSender(registry: UnitRegistry, token: string | undefined): Credential {
  const credential = token === undefined ? undefined : registry.findCredential(token);
  if (credential) return credential;
  throw token === undefined ? missingCredential() : unknownCredential();
}

const missingCredential = (): Problem =>
  new Problem(401, 'missing-credential', 'No credential', {
    detail: 'Send that of a device or a gateway: Authorization: Bearer …, or id=… in the OsmAnd protocol.',
  });

export const unknownCredential = (): Problem =>
  new Problem(401, 'unknown-credential', 'Unknown credential', {
    detail: 'It is not, or no longer, that of a device or gateway. Nothing was stored.',
  });
