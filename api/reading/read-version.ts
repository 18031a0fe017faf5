import { Problem } from '../errors.ts';

/** The version of a row that the client saw; '*': whatever stands. */
export type SeenVersion = number | '*';

/**
 * `If-Match: "3"`, quotes optional; `*` for whatever stands.
 * @throws {Problem} 428 without it, so that forgetting it loses nobody's edit; 400 when it is no version.
 */
export function readVersion(request: Request): SeenVersion {
  const seen = request.headers.get('If-Match')?.trim();
  if (!seen)
    throw new Problem(428, 'version-required', 'Say which version you changed', {
      detail: 'Send the version that you read as If-Match: "3", or If-Match: * to change it whatever it is now.',
    });
  if (seen === '*') return seen;
  const digits = /^(?:W\/)?"?(\d{1,9})"?$/.exec(seen)?.[1];
  if (digits === undefined)
    throw new Problem(400, 'invalid-version', 'If-Match names no version', {
      errors: [{ field: 'If-Match', got: seen.slice(0, 40), expected: 'one version, such as "3", or *' }],
    });
  return Number(digits);
}

/** @throws {Problem} 412 when somebody changed the row since the client read it. */
export function requireVersion(seen: SeenVersion, version: number): void {
  if (seen === '*' || seen === version) return;
  throw new Problem(412, 'changed-meanwhile', 'Somebody else has changed this meanwhile', {
    detail: 'Nothing was stored. Read it again, look at what is different, and change it then.',
    errors: [{ field: 'If-Match', got: String(seen), expected: String(version) }],
  });
}
