import { createAudit } from '../../audit/audit.ts';
import type { Database } from '../../database/database.ts';
import { hashLinkToken, makeLinkToken } from '../link-token.ts';
import { hasAdministrator, replaceSetupLink } from './queries.ts';

const holdsMs = 24 * 3_600_000;

/** A link for one administrator, good once and for a day; those made before and not used are worth nothing any more. */
export async function makeSetupLink(database: Database, url: string): Promise<string> {
  const token = makeLinkToken();
  await database.asOwner((transaction) =>
    replaceSetupLink(transaction, hashLinkToken(token), new Date(Date.now() + holdsMs)),
  );
  await createAudit(database).write({ stationId: null, actor: null, action: 'setup-link.make', outcome: 'done' });
  return `${url}/setup#${token}`;
}

/** The same where nobody may administer yet; undefined: somebody may. */
export async function makeFirstSetupLink(database: Database, url: string): Promise<string | undefined> {
  return (await database.inScope([], hasAdministrator)) ? undefined : makeSetupLink(database, url);
}
