import { Hono, type Context } from 'hono';
import { audienceOf, mayDo, requireAction, stationsFor } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import { readBearerToken } from '../positions/find-sender.ts';
import { raiseRevision } from '../reading/queries.ts';
import { readBody } from '../reading/read-body.ts';
import { notFound, readId, readQuery } from '../reading/read-query.ts';
import { readVersion } from '../reading/read-version.ts';
import { refuseTaken } from '../reading/refuse-taken.ts';
import type { Credential } from '../units/registry.ts';
import { enterEvent } from './enter-event.ts';
import { incidentScope } from './incident-scope.ts';
import { readIncidentBody } from './read-incident-body.ts';
import { findIncident, findWithdrawn } from './reading-queries.ts';
import {
  enteredEventSchema,
  maxListedWithdrawn,
  recordedIncidentSchema,
  reportedIncidentSchema,
  withdrawnQuerySchema,
  type IncidentWithTimeline,
} from './record-contract.ts';
import { recordIncident, type Recording, type RecordingOutcome } from './record-incident.ts';
import { findGatewayName, lockIncident, seeWithdrawn } from './record-queries.ts';
import { findTimeline } from './timeline-queries.ts';

/** Texts and names are in the answers. */
const unkept = { 'Cache-Control': 'no-store' };

const takenEvent = { incident_events_pkey: { field: 'id', expected: 'an id made for this event' } };

const auditActions = {
  handedOver: 'incident.hand-over',
  closed: 'incident.close',
  reopened: 'incident.reopen',
  withdrawn: 'incident.withdraw',
} as const;

/** Incidents recorded, corrected and worked on, by people at a desk and by systems such as 110. */
export function createIncidentRecordRoutes(dependencies: Dependencies) {
  const { database, viewerOf, registry, live, audit, environment } = dependencies;

  /** As this viewer is shown it. @throws {Problem} 404 */
  async function read(transaction: Transaction, viewer: Viewer, id: string): Promise<IncidentWithTimeline> {
    await seeWithdrawn(transaction);
    const scope = incidentScope(viewer);
    const incident = await findIncident(transaction, scope, id);
    if (!incident || (incident.isWithdrawn && !mayDo(viewer, incident.stationId, 'recordIncidents')))
      throw notFound('incident', id);
    const shows = (noun: 'incidentTexts' | 'members' | 'units') =>
      audienceOf(viewer, incident.stationId, noun) === 'exact';
    const timeline = await findTimeline(transaction, incident, {
      showsTexts: shows('incidentTexts'),
      showsActors: shows('members'),
      showsUnits: shows('units'),
    });
    return { ...incident, timeline };
  }

  /** The version a correction was made of; undefined: it is to be a new one. */
  const seenVersion = (request: Request) => (request.headers.has('If-Match') ? readVersion(request) : undefined);

  const latestMs = () => Date.now() + environment.maxClockSkewMs;

  /** What the audit log tells of a recording: that it was, never what was written. */
  const auditOf = ({ stationId, id }: Pick<Recording, 'stationId' | 'id'>, outcome: RecordingOutcome) => ({
    stationId,
    action: outcome.kind === 'created' ? 'incident.record' : 'incident.correct',
    target: { kind: 'incident', id, name: String(outcome.number) },
    detail: outcome.kind === 'corrected' ? { fields: outcome.fields } : {},
  });

  async function putAsPerson(context: Context, id: string): Promise<Response> {
    const request = context.req.raw;
    const viewer = await viewerOf(request);
    const body = await readBody(recordedIncidentSchema, request);
    const { stationId } = body;
    requireAction(viewer, stationId, 'recordIncidents');
    const recording: Recording = {
      id,
      stationId,
      request: readIncidentBody(body, latestMs()),
      seen: seenVersion(request),
      via: 'desk',
      actor: { accountId: viewer.accountId, name: viewer.displayName },
    };
    const { outcome, incident } = await database.inScope([stationId], async (transaction) => {
      const outcome = await recordIncident(transaction, recording);
      const incident = await read(transaction, viewer, id);
      if (outcome.kind !== 'same')
        await recordChange(dependencies, transaction, { viewer, request }, auditOf(recording, outcome));
      return { outcome, incident };
    });
    if (outcome.kind !== 'same') live.announceChange(stationId, 'incidents');
    return context.json(incident, outcome.kind === 'created' ? 201 : 200, unkept);
  }

  async function putAsGateway(
    context: Context,
    id: string,
    { stationId, gatewayId }: Credential & { kind: 'gateway' },
  ): Promise<Response> {
    const request = context.req.raw;
    const body = await readBody(reportedIncidentSchema, request);
    const said = readIncidentBody(body, latestMs());
    const { outcome, answer } = await database.inScope([stationId], async (transaction) => {
      const gateway = (await findGatewayName(transaction, stationId, gatewayId)) ?? '';
      const recording: Recording = {
        id,
        stationId,
        request: said,
        seen: seenVersion(request),
        via: 'gateway',
        actor: { accountId: null, name: gateway },
      };
      const outcome = await recordIncident(transaction, recording);
      const stored = (await lockIncident(transaction, [stationId], id))!;
      if (outcome.kind !== 'same') {
        const entry = auditOf(recording, outcome);
        await audit.writeIn(transaction, {
          ...entry,
          actor: null,
          detail: { ...entry.detail, gateway },
          address: clientAddressOf(request),
          outcome: 'done',
        });
      }
      const { number, state, version } = stored;
      return { outcome, answer: { id, number, state, version } };
    });
    if (outcome.kind !== 'same') live.announceChange(stationId, 'incidents');
    return context.json(answer, outcome.kind === 'created' ? 201 : 200, unkept);
  }

  return new Hono()
    .get('/incidents/withdrawn', async (context) => {
      const { station } = readQuery(withdrawnQuerySchema, context.req.query());
      const viewer = await viewerOf(context.req.raw);
      if (station !== undefined) requireAction(viewer, station.toLowerCase(), 'recordIncidents');
      const theirs = stationsFor(viewer, 'recordIncidents');
      if (theirs.length === 0)
        throw new Problem(403, 'not-allowed', 'This account may not do that here', {
          detail: 'What was withdrawn is for those who record incidents.',
        });
      const stationIds = station === undefined ? theirs : [station.toLowerCase()];
      const exactOf = (noun: 'incidentTexts' | 'members') =>
        stationIds.filter((id) => audienceOf(viewer, id, noun) === 'exact');
      const incidents = await database.inScope(stationIds, async (transaction) => {
        await seeWithdrawn(transaction);
        const scope = { stationIds, textStationIds: exactOf('incidentTexts') };
        return findWithdrawn(transaction, scope, { actorStationIds: exactOf('members'), limit: maxListedWithdrawn });
      });
      return context.json({ incidents }, 200, unkept);
    })
    .get('/incidents/:id', async (context) => {
      const id = readId(context.req.param('id'), 'incident');
      const viewer = await viewerOf(context.req.raw);
      const { stationIds } = incidentScope(viewer);
      const incident = await database.inScope(stationIds, (transaction) => read(transaction, viewer, id));
      return context.json(incident, 200, unkept);
    })
    .put('/incidents/:id', async (context) => {
      const id = readId(context.req.param('id'), 'incident');
      const token = readBearerToken(context);
      const credential = token === undefined ? undefined : registry.findCredential(token);
      if (credential?.kind === 'device')
        throw new Problem(403, 'not-allowed', 'A device reports positions only', {
          detail: 'Send the credential of a gateway, or sign in.',
        });
      return credential ? putAsGateway(context, id, credential) : putAsPerson(context, id);
    })
    .post('/incidents/:id/events', async (context) => {
      const request = context.req.raw;
      const id = readId(context.req.param('id'), 'incident');
      const viewer = await viewerOf(request);
      const event = await readBody(enteredEventSchema, request);
      const { stationIds } = incidentScope(viewer);
      const { incident, isNew } = await refuseTaken(takenEvent, () =>
        database.inScope(stationIds, async (transaction) => {
          await seeWithdrawn(transaction);
          const known = await lockIncident(transaction, stationIds, id);
          if (!known) throw notFound('incident', id);
          const { stationId, number } = known;
          requireAction(viewer, stationId, 'recordIncidents');
          const actor = { accountId: viewer.accountId, name: viewer.displayName };
          const isNew = await enterEvent(transaction, known, { ...event, note: event.note ?? null, actor });
          if (isNew) await raiseRevision(transaction, 'incidents', stationId);
          const incident = await read(transaction, viewer, id);
          if (isNew)
            await recordChange(
              dependencies,
              transaction,
              { viewer, request },
              {
                stationId,
                action: auditActions[event.kind],
                target: { kind: 'incident', id, name: String(number) },
              },
            );
          return { incident, isNew };
        }),
      );
      if (isNew) live.announceChange(incident.stationId, 'incidents');
      return context.json(incident, isNew ? 201 : 200, unkept);
    });
}
