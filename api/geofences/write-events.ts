import { raiseAlert, resolveAlert } from '../alerts/raise-alert.ts';
import type { Transaction } from '../database/database.ts';
import type { FenceEvent } from './fence-watch.ts';
import { noteDwell, putStay } from './stay-queries.ts';

/** An event with the id of its unit. */
export type UnitFenceEvent = FenceEvent & { unitId: string };

const causeOf = (kind: 'geofenceEnter' | 'geofenceLeave' | 'geofenceDwell', { fence, unitId }: UnitFenceEvent) =>
  `${kind}:${fence.id}:${unitId}`;

/**
 * Writes what fixes decided: the side, so that a restart knows it, and the alerts that it raises and ends. Being inside
 * ends a leaving, being outside an entering and a stay.
 * @returns whether an alert was raised or resolved
 */
export async function writeFenceEvent(transaction: Transaction, event: UnitFenceEvent): Promise<boolean> {
  const { fence, unitId, isInside, sinceMs } = event;
  const { stationId } = fence;
  const stay = { stationId, geofenceId: fence.id, unitId };
  const raise = async (kind: 'geofenceEnter' | 'geofenceLeave' | 'geofenceDwell', detail = {}): Promise<boolean> => {
    const alert = { stationId, kind, cause: causeOf(kind, event), severity: fence.severity, unitId };
    const id = await raiseAlert(transaction, {
      ...alert,
      geofenceId: fence.id,
      lngLat: [event.lng, event.lat],
      detail: { geofence: fence.name, at: new Date(event.atMs).toISOString(), ...detail },
    });
    return id !== null;
  };
  if (event.kind === 'dwell') {
    if (!(await noteDwell(transaction, stay))) return false;
    return raise('geofenceDwell', { minutes: fence.dwellMinutes, since: new Date(sinceMs).toISOString() });
  }
  if (!(await putStay(transaction, { ...stay, isInside, sinceMs }))) return false;
  const over = isInside ? (['geofenceLeave'] as const) : (['geofenceEnter', 'geofenceDwell'] as const);
  let isChanged = false;
  for (const kind of over) isChanged = (await resolveAlert(transaction, stationId, causeOf(kind, event))) || isChanged;
  if (event.isFirst || !event.isActive) return isChanged;
  if (isInside && fence.onEnter) return (await raise('geofenceEnter')) || isChanged;
  if (!isInside && fence.onLeave) return (await raise('geofenceLeave')) || isChanged;
  return isChanged;
}
