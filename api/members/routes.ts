import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction, stationsFor } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema, type FieldCode } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { memberChangeSchema, membersQuerySchema, newMemberSchema, type Member } from './contract.ts';
import {
  countMemberUses,
  deleteMember,
  findMembers,
  insertMember,
  isSentinelOf,
  lockMember,
  updateMember,
} from './queries.ts';

const taken = {
  members_officer_key: { field: 'displayName', expected: 'a name that no other officer of the station has' },
};

const unkept = { 'Cache-Control': 'no-store' };

/** People on duty: officers of a station and members of its sentinel points. */
export function createMemberRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;

  async function requirePost(transaction: Transaction, member: Omit<Member, 'version'>): Promise<void> {
    const { role, sentinelId, stationId } = member;
    const refuse = (code: FieldCode, got: string, expected: string) =>
      new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
        errors: [{ field: 'sentinelId', got, expected, code }],
      });
    if (sentinelId === null) return;
    if (role === 'officer')
      throw refuse('officerHere', sentinelId, 'null: an officer belongs to the station, not to a sentinel point');
    if (!(await isSentinelOf(transaction, stationId, sentinelId)))
      throw refuse('elsewhere', sentinelId, 'a sentinel point of the station');
  }

  /** Members are shown with sentinel points, crews and grids. */
  async function tell(transaction: Transaction, stationId: string): Promise<void> {
    for (const noun of ['grids', 'sentinels', 'units'] as const) await raiseRevision(transaction, noun, stationId);
  }

  const record = (
    transaction: Transaction,
    by: { viewer: Viewer; request: Request },
    action: string,
    { stationId, id, displayName: name }: Omit<Member, 'version'>,
    detail: Record<string, unknown> = {},
  ) => recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'member', id, name }, detail });

  return new Hono()
    .get('/members', async (context) => {
      const { station, sentinel } = readQuery(membersQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const scope = readScope(viewer, 'members', station);
      const ownMemberId = scope.ownStationIds.length > 0 ? viewer.memberId : null;
      const members = await database.inScope(scope.stationIds, (transaction) =>
        findMembers(
          transaction,
          { stationIds: scope.exactStationIds, phoneStationIds: stationsFor(viewer, 'editMembers'), ownMemberId },
          { sentinel },
        ),
      );
      return context.json({ members }, 200, unkept);
    })
    .post('/members', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const member = { ...(await readBody(newMemberSchema, request)), id: uuidv7() };
      requireAction(viewer, member.stationId, 'editMembers');
      await refuseTaken(taken, () =>
        database.inScope([member.stationId], async (transaction) => {
          await requirePost(transaction, member);
          await insertMember(transaction, member);
          await tell(transaction, member.stationId);
          await record(transaction, { viewer, request }, 'member.create', member, { role: member.role });
        }),
      );
      return context.json({ ...member, version: 1 } satisfies Member, 201, unkept);
    })
    .patch('/members/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'member');
      const viewer = await viewerOf(request);
      const change = await readBody(memberChangeSchema, request);
      const seen = readVersion(request);
      const member = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const before = await lockMember(transaction, viewer.stationIds, id);
          if (!before) throw notFound('member', id);
          requireAction(viewer, before.stationId, 'editMembers');
          requireVersion(seen, before.version);
          const after = { ...before, ...change, version: before.version + 1 };
          await requirePost(transaction, after);
          await updateMember(transaction, after);
          await tell(transaction, after.stationId);
          await record(transaction, { viewer, request }, 'member.change', after, {
            fields: changedFields(before, change),
          });
          return after;
        }),
      );
      return context.json(member, 200, unkept);
    })
    .delete('/members/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'member');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const member = await lockMember(transaction, viewer.stationIds, id);
        if (!member) throw notFound('member', id);
        requireAction(viewer, member.stationId, 'editMembers');
        requireConfirmation(confirm, member, await countMemberUses(transaction, id));
        await deleteMember(transaction, member.stationId, id);
        await tell(transaction, member.stationId);
        await record(transaction, { viewer, request }, 'member.delete', member);
      });
      // The account of a member who is gone is on no crew.
      sessions.forget();
      return context.body(null, 204);
    });
}
