import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { isUuid } from '../../database/database.ts';
import { Problem } from '../../errors.ts';
import { clientAddressOf, originOf } from '../../operation/client-address.ts';
import { raiseRevision } from '../../reading/queries.ts';
import { readBody } from '../../reading/read-body.ts';
import { requireAction, stationsFor } from '../audience.ts';
import { beginSession } from '../begin-session.ts';
import {
  acceptInvitationSchema,
  inviteSchema,
  linkSchema,
  type Invitation,
  type InvitationOffer,
  type Invitations,
  type NewInvitation,
} from '../contract.ts';
import { describeSession } from '../describe-session.ts';
import { judgePassword } from '../judge-password.ts';
import { hashLinkToken, makeLinkToken } from '../link-token.ts';
import { grantRole, insertOwnAccount } from '../new-account-queries.ts';
import { hashPassword } from '../password.ts';
import { invalidLink, usernameTaken, type WaysIn } from '../ways-in.ts';
import { requireInviter } from './may-invite.ts';
import {
  findInvitation,
  findInvitedPoint,
  insertInvitation,
  insertVolunteer,
  listInvitations,
  noteWhoAccepted,
  revokeInvitation,
  takeInvitation,
  type InvitationRow,
} from './queries.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** How volunteers join: invited to their sentinel point by a link that is good once. */
export function createInvitationRoutes(ways: WaysIn) {
  const { database, viewerOf, audit, registry } = ways;

  return new Hono()
    .post('/invitations', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const { sentinelId, displayName = null, expiresInHours } = await readBody(inviteSchema, request);
      const token = makeLinkToken();
      const id = uuidv7();
      const row = await database.inScope(viewer.stationIds, async (transaction) => {
        const point = await findInvitedPoint(transaction, sentinelId, viewer.stationIds);
        if (!point) throw new Problem(404, 'not-found', 'There is no such sentinel point');
        requireInviter(viewer, point);
        await insertInvitation(transaction, {
          id,
          stationId: point.stationId,
          sentinelId,
          tokenHash: hashLinkToken(token),
          displayName,
          invitedBy: viewer.accountId,
          inviterName: viewer.displayName,
          expiresAt: new Date(Date.now() + expiresInHours * 3_600_000),
        });
        await audit.writeIn(transaction, {
          stationId: point.stationId,
          actor: { accountId: viewer.accountId, name: viewer.displayName },
          action: 'invitation.make',
          target: { kind: 'sentinel', id: sentinelId, name: point.name },
          detail: { invitation: id, expiresInHours },
          address: clientAddressOf(request),
          outcome: 'done',
        });
        return (await listInvitations(transaction, [point.stationId], id))[0]!;
      });
      const answer: NewInvitation = { ...describe(row), link: `${originOf(request)}/join#${token}` };
      return context.json(answer, 201, unkept);
    })
    .get('/invitations', async (context) => {
      const viewer = await viewerOf(context.req.raw);
      const asked = context.req.query('station')?.toLowerCase();
      if (asked !== undefined) requireAction(viewer, asked, 'invite');
      const stationIds = asked === undefined ? stationsFor(viewer, 'invite') : [asked];
      const rows = await database.inScope(stationIds, (transaction) => listInvitations(transaction, stationIds));
      const answer: Invitations = { invitations: rows.map(describe) };
      return context.json(answer, 200, unkept);
    })
    .delete('/invitations/:id', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const id = context.req.param('id');
      await database.inScope(viewer.stationIds, async (transaction) => {
        const [row] = isUuid(id) ? await listInvitations(transaction, viewer.stationIds, id) : [];
        if (!row) throw new Problem(404, 'not-found', 'There is no such invitation');
        requireAction(viewer, row.stationId, 'invite');
        if (row.inviterId !== viewer.accountId)
          requireInviter(viewer, (await findInvitedPoint(transaction, row.sentinelId, [row.stationId]))!);
        if (!(await revokeInvitation(transaction, row.stationId, id)))
          throw new Problem(409, 'not-open', 'This invitation was accepted or revoked before');
        await audit.writeIn(transaction, {
          stationId: row.stationId,
          actor: { accountId: viewer.accountId, name: viewer.displayName },
          action: 'invitation.revoke',
          target: { kind: 'invitation', id, name: row.sentinelName },
          address: clientAddressOf(request),
          outcome: 'done',
        });
      });
      return context.body(null, 204);
    })
    .post('/invitations/look', async (context) => {
      const { token } = await readBody(linkSchema, context.req.raw);
      const found = await database.inScope([], (transaction) => findInvitation(transaction, hashLinkToken(token)));
      if (!found) throw invalidLink();
      const { stationName, sentinelName, displayName, expiresAt } = found;
      const answer: InvitationOffer = { stationName, sentinelName, displayName, expiresAt: expiresAt.toISOString() };
      return context.json(answer, 200, unkept);
    })
    .post('/invitations/accept', async (context) => {
      const request = context.req.raw;
      const { token, username, displayName, password } = await readBody(acceptInvitationSchema, request);
      const found = await database.inScope([], (transaction) => findInvitation(transaction, hashLinkToken(token)));
      if (!found) throw invalidLink();
      await judgePassword(password, { username, displayName });
      const passwordHash = await hashPassword(password);
      const { id, stationId, sentinelId, sentinelName } = found;
      const [accountId, memberId] = [uuidv7(), uuidv7()];
      await database.inScope([stationId], async (transaction) => {
        if (!(await takeInvitation(transaction, stationId, id))) throw invalidLink();
        await insertVolunteer(transaction, { id: memberId, stationId, sentinelId, displayName });
        const account = { id: accountId, stationId, username, displayName, memberId, passwordHash };
        if (!(await insertOwnAccount(transaction, account))) throw usernameTaken();
        await grantRole(transaction, accountId, stationId, 'volunteer');
        await noteWhoAccepted(transaction, stationId, id, accountId);
        await raiseRevision(transaction, 'sentinels', stationId);
        await audit.writeIn(transaction, {
          stationId,
          actor: { accountId, name: displayName },
          action: 'invitation.accept',
          target: { kind: 'sentinel', id: sentinelId, name: sentinelName },
          detail: { invitation: id },
          address: clientAddressOf(request),
          outcome: 'done',
        });
      });
      await registry.refresh();
      return context.json(describeSession(await beginSession(ways, context, accountId, ['pwd'])), 201);
    });
}

const describe = ({ inviterId: _, createdAt, expiresAt, ...row }: InvitationRow): Invitation => ({
  ...row,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});
