import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/database.ts';
import type { AlertKind, AlertSeverity } from './contract.ts';
import { insertAlert, resolveOpenAlert } from './queries.ts';

/** What a rule raises. */
export interface NewAlert {
  stationId: string;
  kind: AlertKind;
  /** What it is about, such as `dispatchUnanswered:<dispatch>`: of one cause one alert is open. */
  cause: string;
  severity: AlertSeverity;
  unitId?: string | undefined;
  incidentId?: string | undefined;
  gridId?: string | undefined;
  geofenceId?: string | undefined;
  dispatchId?: string | undefined;
  /** Where it is. Without one the unit's newest place is taken while it is on duty, else the incident's. */
  lngLat?: readonly [number, number] | undefined;
  /** What the words are made of; no names of people. */
  detail?: Record<string, unknown> | undefined;
}

/**
 * Raises an alert unless one of the same cause is open. Once it is committed, tell those who watch:
 * `live.announceChange(stationId, 'alerts')`; without that they hear of it with the next look at the revisions.
 * @returns its id; null: one is open already
 */
export async function raiseAlert(transaction: Transaction, alert: NewAlert): Promise<string | null> {
  const id = uuidv7();
  return (await insertAlert(transaction, { ...alert, id })) ? id : null;
}

/** The cause has ended. @returns whether an alert of it was open */
export const resolveAlert = (transaction: Transaction, stationId: string, cause: string): Promise<boolean> =>
  resolveOpenAlert(transaction, stationId, cause);
