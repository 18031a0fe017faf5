import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import { defaultAnswerSeconds, listedHours, openDispatchStates, type DispatchState } from './contract.ts';

/** A dispatch to a withdrawn incident has to be seen and ended; ends with the transaction. */
export const includeWithdrawn = (transaction: Transaction): Promise<unknown> =>
  transaction.query(sql`SELECT set_config('shaodian.withdrawn', 'on', true)`);

export interface OrderedIncident {
  id: string;
  stationId: string;
  number: number;
  category: string;
  lng: number;
  lat: number;
}

/** The incident somebody is to be sent to; null: none in the scope, or it was withdrawn. By the primary key. */
export async function findOrderedIncident(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<OrderedIncident | null> {
  const [row] = await transaction.query<OrderedIncident>(sql`
    SELECT i.id, i.station_id AS "stationId", i.number, i.category, ST_X(i.point) AS lng, ST_Y(i.point) AS lat
    FROM incidents i WHERE i.id = ${id} AND i.station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

export interface KnownOrder {
  stationId: string;
  incidentId: string;
  unitIds: string[];
  /** Null: none was written, or its time has come. */
  note: string | null;
}

/** The order of this id; null: none in the scope. By the primary key and dispatches_order_id_unit_id_key. */
export async function findOrder(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<KnownOrder | null> {
  const [row] = await transaction.query<KnownOrder>(sql`
    SELECT o.station_id AS "stationId", o.incident_id AS "incidentId",
      ARRAY(SELECT d.unit_id::text FROM dispatches d WHERE d.order_id = o.id ORDER BY d.unit_id) AS "unitIds",
      (SELECT t.text FROM dispatches d JOIN dispatch_steps s ON s.dispatch_id = d.id AND s.state = 'sent'
        JOIN incident_event_texts t ON t.event_id = s.id AND t.field = 'note' WHERE d.order_id = o.id LIMIT 1) AS note
    FROM dispatch_orders o WHERE o.id = ${id} AND o.station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

/** @returns false: the id is taken, by this very order sent twice at once or by another */
export const insertOrder = async (
  transaction: Transaction,
  order: { id: string; stationId: string; incidentId: string },
): Promise<boolean> =>
  (await transaction.execute(sql`
    INSERT INTO dispatch_orders (id, station_id, incident_id) VALUES (${order.id}, ${order.stationId}, ${order.incidentId})
    ON CONFLICT DO NOTHING`)) === 1;

export interface OrderedUnit {
  id: string;
  callSign: string;
  dutyState: 'on' | 'off';
}

/** Those of these units that the station has, kept from going off duty until the transaction ends. By the primary key. */
export const lockOrderedUnits = (
  transaction: Transaction,
  stationId: string,
  unitIds: readonly string[],
): Promise<OrderedUnit[]> =>
  transaction.query<OrderedUnit>(sql`
    SELECT id, call_sign AS "callSign", duty_state AS "dutyState" FROM units
    WHERE id = ANY(${unitIds}::uuid[]) AND station_id = ${stationId} ORDER BY id FOR SHARE`);

/** @returns false: the unit is under way to this incident already */
export const insertDispatch = async (
  transaction: Transaction,
  dispatch: { id: string; stationId: string; orderId: string; incidentId: string; unitId: string },
): Promise<boolean> =>
  (await transaction.execute(sql`
    INSERT INTO dispatches (id, station_id, order_id, incident_id, unit_id)
    VALUES (${dispatch.id}, ${dispatch.stationId}, ${dispatch.orderId}, ${dispatch.incidentId}, ${dispatch.unitId})
    ON CONFLICT DO NOTHING`)) === 1;

export interface NewStep {
  id: string;
  stationId: string;
  dispatchId: string;
  state: DispatchState;
  at: Date;
  actor: { accountId: string; name: string };
  isByRadio: boolean;
}

/** @returns false: a step of this id is there */
export const insertStep = async (transaction: Transaction, step: NewStep): Promise<boolean> =>
  (await transaction.execute(sql`
    INSERT INTO dispatch_steps (id, station_id, dispatch_id, state, at, actor_id, actor_name, by_radio)
    VALUES (${step.id}, ${step.stationId}, ${step.dispatchId}, ${step.state}, ${step.at.toISOString()}::timestamptz,
      ${step.actor.accountId}, ${step.actor.name}, ${step.isByRadio})
    ON CONFLICT DO NOTHING`)) === 1;

export interface LockedDispatch {
  id: string;
  stationId: string;
  incidentId: string;
  unitId: string;
  callSign: string;
  state: DispatchState;
  /** When it came to that state. */
  stateAt: Date;
}

/** The dispatch, locked until the transaction ends; null: none in the scope. By the primary key. */
export async function lockDispatch(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<LockedDispatch | null> {
  const [row] = await transaction.query<LockedDispatch>(sql`
    SELECT d.id, d.station_id AS "stationId", d.incident_id AS "incidentId", d.unit_id AS "unitId", u.call_sign AS "callSign", d.state,
      coalesce((SELECT max(s.at) FROM dispatch_steps s WHERE s.dispatch_id = d.id), d.sent_at) AS "stateAt"
    FROM dispatches d JOIN units u ON u.id = d.unit_id
    WHERE d.id = ${id} AND d.station_id = ANY(${stationIds}::uuid[]) FOR UPDATE OF d`);
  return row ?? null;
}

/** The step of this id; null: none in the scope. By the primary key. */
export async function findStep(
  transaction: Transaction,
  id: string,
): Promise<{ dispatchId: string; state: DispatchState } | null> {
  const [row] = await transaction.query<{ dispatchId: string; state: DispatchState }>(
    sql`SELECT dispatch_id AS "dispatchId", state FROM dispatch_steps WHERE id = ${id}`,
  );
  return row ?? null;
}

export const setState = (transaction: Transaction, id: string, state: DispatchState): Promise<number> =>
  transaction.execute(sql`UPDATE dispatches SET state = ${state} WHERE id = ${id}`);

export interface DispatchRow {
  id: string;
  orderId: string;
  stationId: string;
  state: DispatchState;
  sentAt: Date;
  answerSeconds: number;
  unitId: string;
  unitNumber: number;
  callSign: string;
  kind: UnitKind;
  incidentId: string;
  incidentNumber: number;
  category: string;
  lng: number;
  lat: number;
  isWithdrawn: boolean;
  /** `at`: ISO 8601. */
  steps: { state: DispatchState; at: string; name: string | null; isByRadio: boolean; text: string | null }[];
}

/** Which dispatches a viewer sees: all of some stations, those of own units at others. */
export interface DispatchScope {
  stationIds: readonly string[];
  wholeStationIds: readonly string[];
  ownUnitIds: readonly string[];
}

const most = 500;

/**
 * Which dispatches are under way, or ended within the last day (or the one with this id), newest first? By
 * dispatches_time_idx, one by the primary key. Say `includeWithdrawn` before it.
 */
export const findDispatches = (
  transaction: Transaction,
  { stationIds, wholeStationIds, ownUnitIds }: DispatchScope,
  { id, openOnly = false }: { id?: string; openOnly?: boolean } = {},
): Promise<DispatchRow[]> =>
  transaction.query<DispatchRow>(sql`
    SELECT d.id, d.order_id AS "orderId", d.station_id AS "stationId", d.state, d.sent_at AS "sentAt",
      coalesce(c.answer_seconds, ${defaultAnswerSeconds}::integer) AS "answerSeconds",
      u.id AS "unitId", u.number AS "unitNumber", u.call_sign AS "callSign", u.kind,
      i.id AS "incidentId", i.number AS "incidentNumber", i.category, ST_X(i.point) AS lng, ST_Y(i.point) AS lat,
      i.withdrawn_at IS NOT NULL AS "isWithdrawn",
      (SELECT jsonb_agg(jsonb_build_object('state', s.state, 'name', s.actor_name, 'isByRadio', s.by_radio,
          'at', to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'text', t.text)
          ORDER BY s.at, array_position(${['sent', 'accepted', 'arrived']}::text[], s.state) NULLS LAST)
        FROM dispatch_steps s LEFT JOIN incident_event_texts t ON t.event_id = s.id AND t.field = 'note'
        WHERE s.dispatch_id = d.id) AS steps
    FROM dispatches d
    JOIN units u ON u.id = d.unit_id
    JOIN incidents i ON i.id = d.incident_id
    LEFT JOIN dispatch_settings c ON c.station_id = d.station_id
    WHERE d.station_id = ANY(${stationIds}::uuid[])
      AND (d.station_id = ANY(${wholeStationIds}::uuid[]) OR d.unit_id = ANY(${ownUnitIds}::uuid[]))
      ${
        id !== undefined
          ? sql`AND d.id = ${id}`
          : openOnly
            ? sql`AND d.state = ANY(${[...openDispatchStates]}::text[])`
            : sql`AND (d.state = ANY(${[...openDispatchStates]}::text[]) OR d.sent_at > now() - ${listedHours}::integer * interval '1 hour')`
      }
    ORDER BY d.sent_at DESC, u.number LIMIT ${most}`);

export interface BusyRow {
  unitId: string;
  id: string;
  state: DispatchState;
  incidentId: string;
  incidentNumber: number;
}

/** What are these units under way to? By dispatches_unit_idx. */
export const findBusyUnits = (
  transaction: Transaction,
  stationId: string,
  unitIds: readonly string[],
): Promise<BusyRow[]> =>
  transaction.query<BusyRow>(sql`
    SELECT d.unit_id AS "unitId", d.id, d.state, i.id AS "incidentId", i.number AS "incidentNumber"
    FROM dispatches d JOIN incidents i ON i.id = d.incident_id
    WHERE d.unit_id = ANY(${unitIds}::uuid[]) AND d.station_id = ${stationId} AND d.state IN ('sent', 'accepted', 'arrived')
    ORDER BY d.sent_at`);

/** How long a dispatch may stand unanswered at this station, seconds. By the primary key. */
export async function findAnswerSeconds(transaction: Transaction, stationId: string): Promise<number> {
  const [row] = await transaction.query<{ answerSeconds: number }>(
    sql`SELECT answer_seconds AS "answerSeconds" FROM dispatch_settings WHERE station_id = ${stationId}`,
  );
  return row?.answerSeconds ?? defaultAnswerSeconds;
}

export const putAnswerSeconds = (transaction: Transaction, stationId: string, answerSeconds: number): Promise<number> =>
  transaction.execute(sql`
    INSERT INTO dispatch_settings (station_id, answer_seconds) VALUES (${stationId}, ${answerSeconds})
    ON CONFLICT (station_id) DO UPDATE SET answer_seconds = excluded.answer_seconds`);
