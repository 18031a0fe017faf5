import { beginSession, makeAccount, type TestAccount } from '../fixtures/make-viewer.ts';
import type { Role } from '../../api/accounts/contract.ts';
import type { TestApp } from './open-test-app.ts';

/** Somebody signed in: sends JSON, gets status and JSON (undefined without a body). */
export interface Asker extends TestAccount {
  cookie: string;
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: any; headers: Headers }>; // eslint-disable-line @typescript-eslint/no-explicit-any -- judged field by field
}

export async function signIn(test: TestApp, stationId: string, role: Role): Promise<Asker> {
  const account = await makeAccount(test.database, stationId, role);
  const cookie = await beginSession(test.database, test.dependencies.sessions.cookieName, account);
  return { ...account, cookie, ask: askWith(test, { Cookie: cookie }) };
}

export const askWith =
  (test: TestApp, own: Record<string, string>): Asker['ask'] =>
  async (method, path, body, headers = {}) => {
    const response = await test.app.request(path, {
      method,
      headers: { ...own, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };

/** Sends a deletion twice: as a person would, looking at what goes first. */
export async function deleteConfirmed(asker: Asker, path: string): Promise<{ status: number; losses: unknown }> {
  const first = await asker.ask('DELETE', path);
  if (first.status !== 409 || first.body.confirm === undefined) return { status: first.status, losses: undefined };
  const second = await asker.ask('DELETE', `${path}?confirm=${first.body.confirm}`);
  return { status: second.status, losses: first.body.losses };
}

/** What the audit log of a station holds, oldest first. */
export async function auditOf(test: TestApp, stationId: string): Promise<string[]> {
  const { sql } = await import('../../api/database/sql.ts');
  const rows = await test.database.inScope([stationId], (transaction) =>
    transaction.query<{ action: string }>(
      sql`SELECT action FROM audit_entries WHERE station_id = ${stationId} ORDER BY sequence`,
    ),
  );
  return rows.map(({ action }) => action);
}
