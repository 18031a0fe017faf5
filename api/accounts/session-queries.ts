import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { Role } from './contract.ts';

export interface SignInRow {
  accountId: string;
  stationId: string;
  displayName: string;
  passwordHash: string | null;
  mustChangePassword: boolean;
  isDisabled: boolean;
  /** Somebody else chose the password, and its time has passed. */
  isPasswordOver: boolean;
}

/** Whose username is this? null: nobody's. Before there is a scope. By accounts_username_key. */
export async function findSignIn(transaction: Transaction, username: string): Promise<SignInRow | null> {
  const [row] = await transaction.query<SignInRow>(sql`
    SELECT account_id AS "accountId", station_id AS "stationId", display_name AS "displayName", password_hash AS "passwordHash",
      must_change_password AS "mustChangePassword", is_disabled AS "isDisabled", is_password_over AS "isPasswordOver"
    FROM find_sign_in(${username})`);
  return row ?? null;
}

export interface SessionRow {
  tokenHash: Buffer;
  sessionId: string;
  accountId: string;
  stationId: string;
  kind: 'person' | 'wall';
  methods: string[];
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Which of these cookies are sessions that hold now? By sessions_token_hash_key. */
export async function findSessions(transaction: Transaction, hashes: readonly Buffer[]): Promise<SessionRow[]> {
  return transaction.query<SessionRow>(sql`
    SELECT token_hash AS "tokenHash", session_id AS "sessionId", account_id AS "accountId", station_id AS "stationId", kind,
      methods, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt"
    FROM find_sessions(${hashes}::bytea[])`);
}

export interface ViewerRow {
  accountId: string;
  stationId: string;
  username: string;
  displayName: string;
  memberId: string | null;
  mustChangePassword: boolean;
  isDemo: boolean;
  /** One of its roles asks for a second factor. */
  needsSecondFactor: boolean;
  roles: { stationId: string; role: Role }[];
  /** Units whose crew the account's member is on now. */
  units: { id: string; stationId: string; number: number }[];
}

/** What are these accounts, and on whose crews are they now? Disabled ones are missing. By the primary key. */
export async function findViewers(transaction: Transaction, accountIds: readonly string[]): Promise<ViewerRow[]> {
  return transaction.query<ViewerRow>(sql`
    SELECT account_id AS "accountId", station_id AS "stationId", username, display_name AS "displayName",
      member_id AS "memberId", must_change_password AS "mustChangePassword", is_demo AS "isDemo",
      needs_second_factor AS "needsSecondFactor", roles, units
    FROM find_viewers(${accountIds}::uuid[])`);
}

/** The id of this installation, by which cookies of several on one host are told apart. */
export async function findInstallationId(transaction: Transaction): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(sql`SELECT id FROM installation`);
  if (!row) throw new Error('the installation has no row');
  return row.id;
}

export interface NewSession {
  id: string;
  stationId: string;
  accountId: string;
  tokenHash: Buffer;
  kind: 'person' | 'wall';
  methods: readonly string[];
  userAgent: string | null;
  address: string | null;
  idleSeconds: number | null;
  expiresAt: Date;
}

export async function insertSession(transaction: Transaction, session: NewSession): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO sessions (id, station_id, account_id, token_hash, kind, methods, user_agent, address, idle_seconds, expires_at)
    VALUES (${session.id}, ${session.stationId}, ${session.accountId}, ${session.tokenHash}, ${session.kind},
      ${session.methods}::text[], ${session.userAgent}, ${session.address}, ${session.idleSeconds}, ${session.expiresAt.toISOString()}::timestamptz)`);
}

/** Ends these sessions of an account (all: ids undefined; all but one: except). The ids of those ended. */
export async function endSessions(
  transaction: Transaction,
  stationId: string,
  accountId: string,
  { id, except }: { id?: string; except?: string | null } = {},
): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(sql`
    UPDATE sessions SET ended_at = now()
    WHERE station_id = ${stationId} AND account_id = ${accountId} AND ended_at IS NULL
      AND (${id ?? null}::uuid IS NULL OR id = ${id ?? null}::uuid) AND id IS DISTINCT FROM ${except ?? null}::uuid
    RETURNING id`);
  return rows.map((row) => row.id);
}

/** Notes that these sessions were used. By the primary key. */
export async function touchSessions(
  transaction: Transaction,
  stationIds: readonly string[],
  ids: readonly string[],
): Promise<void> {
  await transaction.execute(sql`
    UPDATE sessions SET last_seen_at = now() WHERE id = ANY(${ids}::uuid[]) AND station_id = ANY(${stationIds}::uuid[])`);
}
