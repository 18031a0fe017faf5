import { createSessions } from '../../api/accounts/sessions.ts';
import type { Database } from '../../api/database/database.ts';
import { makeStation } from '../database/make-station.ts';
import { beginSession, makeAccount } from '../fixtures/make-viewer.ts';

/** The Cookie header of a commander who is signed in at a server on this machine. */
export async function signIn(database: Database): Promise<string> {
  const sessions = await createSessions(database, { isSecure: true, poll: false });
  const account = await makeAccount(database, await makeStation(database), 'commander');
  return beginSession(database, sessions.cookieName, account);
}
