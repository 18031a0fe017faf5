import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { IncidentEventKind } from './contract.ts';
import type { IncidentEvent } from './record-contract.ts';

export interface NewIncidentEvent {
  /** Made where the thing is born, so that a repeat is the same event; else made here. */
  id?: string;
  stationId: string;
  incidentId: string;
  kind: IncidentEventKind;
  /** Undefined: now. */
  at?: Date;
  /** `accountId` null: a system with a name. Null: a program of ours. */
  actor: { accountId: string | null; name: string } | null;
  unitId?: string;
  /** What belongs to the kind; never a text that somebody wrote, because that must go when its time has come. */
  detail?: Record<string, unknown>;
  /** What somebody wrote, and the texts before and after a correction; kept as long as the incident's text. */
  texts?: Partial<Record<IncidentEventTextField, string | null>>;
}

export type IncidentEventTextField = 'note' | 'textBefore' | 'textAfter';

/**
 * Adds to the timeline of an incident; belongs in the transaction that does what it tells of. Seen by viewers at their
 * next look: announce what changed after the commit.
 * @returns the event's id; null: the station has no such incident
 */
export async function appendIncidentEvent(transaction: Transaction, event: NewIncidentEvent): Promise<string | null> {
  const { id = uuidv7(), stationId, incidentId, kind, at, actor, unitId, detail = {}, texts = {} } = event;
  const added = await transaction.execute(sql`
    INSERT INTO incident_events (id, station_id, incident_id, kind, at, actor_id, actor_name, unit_id, detail)
    SELECT ${id}, i.station_id, i.id, ${kind}::text, coalesce(${at?.toISOString() ?? null}::timestamptz, now()),
      ${actor?.accountId ?? null}::uuid, ${actor?.name ?? null}::text, ${unitId ?? null}::uuid, ${JSON.stringify(detail)}::jsonb
    FROM incidents i WHERE i.id = ${incidentId} AND i.station_id = ${stationId}`);
  if (added === 0) return null;
  const written = Object.entries(texts).filter((entry): entry is [string, string] => !!entry[1]);
  if (written.length > 0)
    await transaction.execute(sql`
      INSERT INTO incident_event_texts (event_id, station_id, field, text)
      SELECT ${id}, ${stationId}, w.field, w.text
      FROM unnest(${written.map(([field]) => field)}::text[], ${written.map(([, text]) => text)}::text[]) AS w (field, text)`);
  return id;
}

/** What of a timeline a viewer is shown. */
export interface TimelineView {
  showsTexts: boolean;
  /** Who did it: names are those of members. */
  showsActors: boolean;
  showsUnits: boolean;
}

/** The timeline of an incident, oldest first. By incident_events_incident_idx, texts by their primary key. */
export async function findTimeline(
  transaction: Transaction,
  { id, stationId }: { id: string; stationId: string },
  { showsTexts, showsActors, showsUnits }: TimelineView,
): Promise<IncidentEvent[]> {
  const rows = await transaction.query<
    Omit<IncidentEvent, 'at' | 'note' | 'textBefore' | 'textAfter'> & {
      at: Date;
      texts: Partial<Record<IncidentEventTextField, string>> | null;
    }
  >(sql`
    SELECT e.id, e.kind, e.at,
      -- Of what units do, the detail names them too.
      CASE WHEN ${showsUnits}::boolean OR e.kind IN ('created', 'corrected') THEN e.detail ELSE '{}'::jsonb END AS detail,
      CASE WHEN ${showsActors}::boolean AND e.actor_name IS NOT NULL
        THEN jsonb_build_object('accountId', e.actor_id, 'name', e.actor_name) END AS actor,
      CASE WHEN ${showsUnits}::boolean AND u.id IS NOT NULL
        THEN jsonb_build_object('id', u.id, 'callSign', u.call_sign) END AS unit,
      CASE WHEN ${showsTexts}::boolean
        THEN (SELECT jsonb_object_agg(t.field, t.text) FROM incident_event_texts t WHERE t.event_id = e.id) END AS texts
    FROM incident_events e LEFT JOIN units u ON u.id = e.unit_id AND u.station_id = e.station_id
    WHERE e.incident_id = ${id} AND e.station_id = ${stationId}
    ORDER BY e.at, e.id`);
  return rows.map(({ at, texts, ...row }) => ({
    ...row,
    at: at.toISOString(),
    note: texts?.note ?? null,
    textBefore: texts?.textBefore ?? null,
    textAfter: texts?.textAfter ?? null,
  }));
}

/** Which incident and kind has this event? Undefined: there is none of this id here. By the primary key. */
export async function findEvent(
  transaction: Transaction,
  stationId: string,
  id: string,
): Promise<{ incidentId: string; kind: IncidentEventKind } | undefined> {
  const [row] = await transaction.query<{ incidentId: string; kind: IncidentEventKind }>(sql`
    SELECT incident_id AS "incidentId", kind FROM incident_events WHERE id = ${id} AND station_id = ${stationId}`);
  return row;
}
