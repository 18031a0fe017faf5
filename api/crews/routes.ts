import { Hono } from 'hono';
import { audienceOf, requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { readRange, requireFree, requireShift } from './check-shift.ts';
import { crewBodySchema, crewsQuerySchema, type Crew } from './contract.ts';
import {
  deleteCrew,
  findBusyMembers,
  findCrews,
  findUnitOfCrews,
  lockCrew,
  lockCrewMembers,
  putCrew,
} from './queries.ts';

const unkept = { 'Cache-Control': 'no-store' };

/** Shifts of a unit: who is on it from when to when. */
export function createCrewRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions } = dependencies;

  async function findUnit(transaction: Transaction, viewer: Viewer, id: string) {
    const unit = await findUnitOfCrews(transaction, viewer.stationIds, id);
    if (!unit) throw notFound('unit', id);
    return unit;
  }

  return new Hono()
    .get('/units/:id/crews', async (context) => {
      const id = readId(context.req.param('id'), 'unit');
      const range = readRange(readQuery(crewsQuerySchema, context.req.query()), Date.now());
      const viewer = await viewerOf(context.req.raw);
      const { stationIds } = readScope(viewer, 'members');
      const crews = await database.inScope(stationIds, async (transaction) => {
        const unit = await findUnitOfCrews(transaction, stationIds, id);
        const isOwn = viewer.ownUnits.some((own) => own.id === id);
        if (!unit || audienceOf(viewer, unit.stationId, 'units') === 'none') throw notFound('unit', id);
        if (audienceOf(viewer, unit.stationId, 'members') !== 'exact' && !isOwn) throw notFound('unit', id);
        return findCrews(transaction, unit, range);
      });
      return context.json({ crews }, 200, unkept);
    })
    .put('/units/:id/crews/:crewId', async (context) => {
      const request = context.req.raw;
      const unitId = readId(context.req.param('id'), 'unit');
      const crewId = readId(context.req.param('crewId'), 'shift');
      const viewer = await viewerOf(request);
      const body = await readBody(crewBodySchema, request);
      requireShift(body, Date.now());
      const { crew, isNew } = await database.inScope(viewer.stationIds, async (transaction) => {
        const unit = await findUnit(transaction, viewer, unitId);
        const { stationId } = unit;
        requireAction(viewer, stationId, 'editCrews');
        const before = await lockCrew(transaction, stationId, crewId);
        if (before) {
          requireVersion(readVersion(request), before.version);
          requireOpen(before);
        }
        const memberIds = body.memberIds.map((memberId) => memberId.toLowerCase());
        const known = await lockCrewMembers(transaction, stationId, memberIds);
        const unknown = memberIds.findIndex((memberId) => !known.has(memberId));
        if (unknown >= 0) throw noMember(unknown, memberIds[unknown]!);
        requireFree(memberIds, await findBusyMembers(transaction, stationId, memberIds, { ...body, crewId }));
        if (!(await putCrew(transaction, { ...body, id: crewId, unitId, stationId }, memberIds)))
          throw otherUnits(crewId);
        await raiseRevision(transaction, 'units', stationId);
        const crew = (await lockCrew(transaction, stationId, crewId))!;
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId,
            action: before ? 'crew.change' : 'crew.create',
            target: { kind: 'unit', id: unitId, name: unit.callSign },
            detail: { crewId, startsAt: crew.startsAt, endsAt: crew.endsAt, memberIds },
          },
        );
        return { crew, isNew: before === null };
      });
      // Who is on a crew now sees its unit.
      sessions.forget();
      return context.json(answer(crew), isNew ? 201 : 200, unkept);
    })
    .delete('/units/:id/crews/:crewId', async (context) => {
      const request = context.req.raw;
      const unitId = readId(context.req.param('id'), 'unit');
      const crewId = readId(context.req.param('crewId'), 'shift');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      await database.inScope(viewer.stationIds, async (transaction) => {
        const unit = await findUnit(transaction, viewer, unitId);
        requireAction(viewer, unit.stationId, 'editCrews');
        const crew = await lockCrew(transaction, unit.stationId, crewId);
        if (crew?.unitId !== unitId) throw notFound('shift', crewId);
        requireOpen(crew);
        requireConfirmation(confirm, crew, { members: crew.members.length });
        await deleteCrew(transaction, unit.stationId, crewId);
        await raiseRevision(transaction, 'units', unit.stationId);
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId: unit.stationId,
            action: 'crew.delete',
            target: { kind: 'unit', id: unitId, name: unit.callSign },
            detail: { crewId, startsAt: crew.startsAt, endsAt: crew.endsAt },
          },
        );
      });
      sessions.forget();
      return context.body(null, 204);
    });
}

const answer = ({ id, unitId, stationId, startsAt, endsAt, members, version }: Crew): Crew => ({
  id,
  unitId,
  stationId,
  startsAt,
  endsAt,
  members,
  version,
});

function requireOpen({ isOver }: { isOver: boolean }): void {
  if (isOver)
    throw new Problem(409, 'shift-over', 'This shift is over', {
      detail: 'Who was on duty is history and stays as it was.',
    });
}

const noMember = (index: number, got: string) =>
  new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: [{ field: `memberIds.${index}`, got, expected: 'a member of the unit’s station', code: 'elsewhere' }],
  });

const otherUnits = (crewId: string) =>
  new Problem(409, 'taken', 'Another one has this already', {
    errors: [{ field: 'crewId', got: crewId, expected: 'an id that no shift of another unit has' }],
  });
