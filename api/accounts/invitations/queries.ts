import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';

export interface InvitedPoint {
  id: string;
  stationId: string;
  name: string;
  /** Members who answer for a grid that holds the point. */
  officerIds: string[];
}

/** A sentinel point and who answers for the grid it lies in. null: not in these stations. By the primary key and grids_area_idx. */
export async function findInvitedPoint(
  transaction: Transaction,
  sentinelId: string,
  stationIds: readonly string[],
): Promise<InvitedPoint | null> {
  const [row] = await transaction.query<InvitedPoint>(sql`
    SELECT p.id, p.station_id AS "stationId", p.name,
      ARRAY(SELECT g.officer_id FROM grids g WHERE g.station_id = p.station_id AND g.officer_id IS NOT NULL
        AND ST_Covers(g.area, p.point)) AS "officerIds"
    FROM sentinels p WHERE p.id = ${sentinelId} AND p.station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

export interface NewInvitationRow {
  id: string;
  stationId: string;
  sentinelId: string;
  tokenHash: Buffer;
  displayName: string | null;
  invitedBy: string;
  inviterName: string;
  expiresAt: Date;
}

export async function insertInvitation(transaction: Transaction, invitation: NewInvitationRow): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO invitations (id, station_id, sentinel_id, token_hash, display_name, invited_by, inviter_name, expires_at)
    VALUES (${invitation.id}, ${invitation.stationId}, ${invitation.sentinelId}, ${invitation.tokenHash},
      ${invitation.displayName}, ${invitation.invitedBy}, ${invitation.inviterName}, ${invitation.expiresAt.toISOString()}::timestamptz)`);
}

export interface InvitationRow {
  id: string;
  stationId: string;
  sentinelId: string;
  sentinelName: string;
  displayName: string | null;
  inviterId: string | null;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
  state: 'open' | 'accepted' | 'revoked' | 'expired';
}

/** The invitations of these stations, newest first; of one id when it is given. By invitations_station_idx. */
export async function listInvitations(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string | null = null,
): Promise<InvitationRow[]> {
  return transaction.query<InvitationRow>(sql`
    SELECT i.id, i.station_id AS "stationId", i.sentinel_id AS "sentinelId", p.name AS "sentinelName",
      i.display_name AS "displayName", i.invited_by AS "inviterId", i.inviter_name AS "invitedBy",
      i.created_at AS "createdAt", i.expires_at AS "expiresAt",
      CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.revoked_at IS NOT NULL THEN 'revoked'
        WHEN i.expires_at <= now() THEN 'expired' ELSE 'open' END AS state
    FROM invitations i JOIN sentinels p ON p.id = i.sentinel_id
    WHERE i.station_id = ANY(${stationIds}::uuid[]) AND (${id}::uuid IS NULL OR i.id = ${id}::uuid)
    ORDER BY i.created_at DESC, i.id DESC LIMIT 1000`);
}

/** @returns false: it was accepted or revoked before */
export async function revokeInvitation(transaction: Transaction, stationId: string, id: string): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE invitations SET revoked_at = now()
    WHERE station_id = ${stationId} AND id = ${id} AND accepted_at IS NULL AND revoked_at IS NULL`);
  return touched === 1;
}

export interface OpenInvitation {
  id: string;
  stationId: string;
  stationName: string;
  sentinelId: string;
  sentinelName: string;
  displayName: string | null;
  expiresAt: Date;
}

/** What does this link invite to? null: unknown, used, revoked or past its end. Before there is a scope. By invitations_token_hash_key. */
export async function findInvitation(transaction: Transaction, tokenHash: Buffer): Promise<OpenInvitation | null> {
  const [row] = await transaction.query<OpenInvitation>(sql`
    SELECT id, station_id AS "stationId", station_name AS "stationName", sentinel_id AS "sentinelId",
      sentinel_name AS "sentinelName", display_name AS "displayName", expires_at AS "expiresAt"
    FROM find_invitation(${tokenHash})`);
  return row ?? null;
}

/** Uses it up; of two at the same time one. @returns false: it does not hold any more */
export async function takeInvitation(transaction: Transaction, stationId: string, id: string): Promise<boolean> {
  const touched = await transaction.execute(sql`
    UPDATE invitations SET accepted_at = now()
    WHERE station_id = ${stationId} AND id = ${id} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()`);
  return touched === 1;
}

/** The volunteer as a member of the sentinel point. */
export async function insertVolunteer(
  transaction: Transaction,
  member: { id: string; stationId: string; sentinelId: string; displayName: string },
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO members (id, station_id, sentinel_id, display_name, role)
    VALUES (${member.id}, ${member.stationId}, ${member.sentinelId}, ${member.displayName}, 'volunteer')`);
}

export async function noteWhoAccepted(
  transaction: Transaction,
  stationId: string,
  id: string,
  accountId: string,
): Promise<void> {
  await transaction.execute(
    sql`UPDATE invitations SET accepted_by = ${accountId} WHERE station_id = ${stationId} AND id = ${id}`,
  );
}
