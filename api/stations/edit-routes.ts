import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { requireAction } from '../accounts/audience.ts';
import { changedFields, recordChange } from '../accounts/record-change.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { requireConfirmation } from '../reading/confirm-deletion.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion, requireVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import { requirePlace, requireTimeZone } from './check-station.ts';
import { newStationSchema, stationChangeSchema } from './contract.ts';
import { countStationRows, deleteStation, lockStations, updateStation, type EditedStation } from './edit-queries.ts';
import { findStations, insertStation, listTreeIn } from './queries.ts';

const taken = { stations_name_key: { field: 'name', expected: 'a name that no other station under the same one has' } };

const found = (stations: readonly EditedStation[], id: string): EditedStation => {
  const station = stations.find((candidate) => candidate.id === id);
  if (!station) throw notFound('station', id);
  return station;
};

const kindsOf = (stations: readonly EditedStation[]) => new Map(stations.map(({ id, kind }) => [id, kind]));

/** Stations of the tree, under those that the viewer administers. */
export function createStationEditRoutes(dependencies: Dependencies) {
  const { database, viewerOf, sessions, registry } = dependencies;

  const answer = async (transaction: Transaction, id: string) => (await findStations(transaction, [id]))[0]!;

  /** What the tree is decides who reaches what: everybody is judged anew, and devices of a new station are known at once. */
  async function makeKnown(): Promise<void> {
    sessions.forget();
    await registry.refresh();
  }

  return new Hono()
    .post('/stations', async (context) => {
      const request = context.req.raw;
      const viewer = await viewerOf(request);
      const body = await readBody(newStationSchema, request);
      requireAction(viewer, body.parentId, 'manageStations');
      requireTimeZone(body.timeZone);
      const id = uuidv7();
      const station = await refuseTaken(taken, () =>
        database.inScope([...viewer.stationIds, id], async (transaction) => {
          const stations = await lockStations(transaction, [body.parentId]);
          const parent = found(stations, body.parentId);
          requirePlace({ ...body, id }, kindsOf(stations), []);
          await insertStation(transaction, { ...body, id });
          await raiseRevision(transaction, 'stations', parent.id);
          const made = await answer(transaction, id);
          await recordChange(
            dependencies,
            transaction,
            { viewer, request },
            {
              stationId: parent.id,
              action: 'station.create',
              target: { kind: 'station', id, name: body.name },
              detail: { kind: body.kind, timeZone: body.timeZone },
            },
          );
          return made;
        }),
      );
      await makeKnown();
      return context.json(station, 201);
    })
    .patch('/stations/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'station');
      const viewer = await viewerOf(request);
      requireAction(viewer, id, 'manageStations');
      const change = await readBody(stationChangeSchema, request);
      const seen = readVersion(request);
      if (change.timeZone !== undefined) requireTimeZone(change.timeZone);
      const station = await refuseTaken(taken, () =>
        database.inScope(viewer.stationIds, async (transaction) => {
          const stations = await lockStations(transaction, viewer.stationIds);
          const before = found(stations, id);
          requireVersion(seen, before.version);
          const after = { ...before, ...change };
          if (after.parentId !== before.parentId) {
            // Whoever is above loses its rows, whoever is above then gains them.
            if (before.parentId !== null) requireAction(viewer, before.parentId, 'manageStations');
            if (after.parentId !== null) requireAction(viewer, after.parentId, 'manageStations');
          }
          requirePlace(after, kindsOf(stations), await listTreeIn(transaction));
          await updateStation(transaction, after);
          await raiseRevision(transaction, 'stations', id);
          const changed = await answer(transaction, id);
          await recordChange(
            dependencies,
            transaction,
            { viewer, request },
            {
              stationId: id,
              action: 'station.change',
              target: { kind: 'station', id, name: after.name },
              detail: {
                fields: changedFields(before, change),
                ...(before.name !== after.name && { before: before.name }),
              },
            },
          );
          return changed;
        }),
      );
      await makeKnown();
      return context.json(station);
    })
    .delete('/stations/:id', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'station');
      const { confirm } = readQuery(deletionQuerySchema, context.req.query());
      const viewer = await viewerOf(request);
      requireAction(viewer, id, 'manageStations');
      await database.inScope(viewer.stationIds, async (transaction) => {
        const station = found(await lockStations(transaction, [id]), id);
        if (station.parentId === null) throw rootStays();
        requireAction(viewer, station.parentId, 'manageStations');
        const rows = await countStationRows(transaction, id);
        const contents = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
        if (Object.keys(contents).length > 0) throw notEmpty(contents);
        requireConfirmation(confirm, station, {});
        await deleteStation(transaction, id);
        await raiseRevision(transaction, 'stations', station.parentId);
        await recordChange(
          dependencies,
          transaction,
          { viewer, request },
          {
            stationId: station.parentId,
            action: 'station.delete',
            target: { kind: 'station', id, name: station.name },
          },
        );
      });
      await makeKnown();
      return context.body(null, 204);
    });
}

const rootStays = () =>
  new Problem(409, 'station-stays', 'The station at the top of the tree cannot be deleted', {
    detail: 'Change its name instead; to start over, use another data directory or database.',
  });

const notEmpty = (contents: Record<string, number>) =>
  new Problem(409, 'station-not-empty', 'Something still belongs to this station', {
    detail: `Move or delete first: ${Object.entries(contents)
      .map(([noun, count]) => `${count} ${noun}`)
      .join(', ')}.`,
    extensions: { contents },
  });
