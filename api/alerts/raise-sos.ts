import type { Transaction } from '../database/database.ts';
import { findOpenAlert, findSosOf } from './queries.ts';
import { raiseAlert } from './raise-alert.ts';

export const sosCauseOf = (unitId: string): string => `sos:${unitId}`;

export interface NewSos {
  stationId: string;
  unitId: string;
  /** Where the person is; null: where the unit was last. */
  lngLat: readonly [number, number] | null;
  /** The request's own id: one that is sent again after its answer was lost raises no other. */
  requestId: string | null;
  /** When the button was held, ms since 1970. */
  pressedAtMs: number;
  /** The crew's phone, the desk, or the unit's positioning device. */
  via: 'crew' | 'desk' | 'device';
}

/** Raises the alarm of a unit. @returns the alert, and whether this raised it: one may be open, or be of this very request */
export async function raiseSos(transaction: Transaction, sos: NewSos): Promise<{ id: string; isNew: boolean }> {
  const { stationId, unitId, lngLat, requestId, pressedAtMs, via } = sos;
  const repeated = requestId === null ? null : await findSosOf(transaction, { stationId, unitId }, requestId);
  if (repeated !== null) return { id: repeated, isNew: false };
  const id = await raiseAlert(transaction, {
    stationId,
    kind: 'sos',
    cause: sosCauseOf(unitId),
    severity: 'critical',
    unitId,
    ...(lngLat && { lngLat }),
    detail: { via, pressedAt: new Date(pressedAtMs).toISOString(), ...(requestId !== null && { requestId }) },
  });
  if (id !== null) return { id, isNew: true };
  return { id: (await findOpenAlert(transaction, stationId, sosCauseOf(unitId)))!, isNew: false };
}
