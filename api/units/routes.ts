import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { sendGeoJson } from '../reading/geojson.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readScope } from '../reading/read-scope.ts';
import { maxTrackFixes, staleAfterS, trackQuerySchema, unitsQuerySchema } from './contract.ts';
import { lookAtTrack } from './look-at-track.ts';
import { findUnits } from './queries.ts';
import { splitTrack } from './split-track.ts';
import { unitOf } from './unit-of.ts';
import { unitScope } from './unit-scope.ts';
import { writeTrack } from './write-track.ts';

/** Whereabouts of people on duty: no cache keeps them. */
const unkept = { 'Cache-Control': 'no-store' };

export function createUnitRoutes({ database, viewerOf, audit }: Pick<Dependencies, 'database' | 'viewerOf' | 'audit'>) {
  return new Hono()
    .get('/units', async (context) => {
      const { station } = readQuery(unitsQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const scope = unitScope(viewer, readScope(viewer, 'units', station).stationIds);
      const rows = await database.inScope(scope.stationIds, (transaction) => findUnits(transaction, scope));
      return context.json({ units: rows.map((row) => unitOf(row, Date.now())) }, 200, unkept);
    })
    .get('/units/:id', async (context) => {
      const id = readId(context.req.param('id'), 'unit');
      const scope = unitScope(await viewerOf(context.req.raw));
      const [row] = await database.inScope(scope.stationIds, (transaction) => findUnits(transaction, scope, id));
      if (!row) throw notFound('unit', id);
      return context.json(unitOf(row, Date.now()), 200, unkept);
    })
    .get('/units/:id/track', async (context) => {
      const id = readId(context.req.param('id'), 'unit');
      const query = readQuery(trackQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      const { unit, fixes } = await lookAtTrack({ database, audit }, viewer, {
        ...query,
        unitId: id,
        reason: query.reason,
        address: clientAddressOf(context.req.raw),
        limit: maxTrackFixes + 1,
      });
      if (fixes.length > maxTrackFixes) throw tooMany(context.req.query());
      const pieces = splitTrack(fixes, staleAfterS[unit.kind] * 1000);
      return sendGeoJson(context, writeTrack({ id, callSign: unit.callSign }, pieces), unkept);
    });
}

const tooMany = ({ from = '', to = '' }: Record<string, string>) =>
  new Problem(400, 'track-too-long', 'The track has too many fixes for one answer', {
    detail: `More than ${maxTrackFixes} fixes lie in this time.`,
    errors: [{ field: 'to', got: `${from} … ${to}`, expected: 'a shorter time' }],
  });
