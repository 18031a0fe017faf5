import type { Dependencies } from '../app.ts';
import type { FixReport } from '../positions/contract.ts';
import type { RegistryDevice } from '../units/registry.ts';
import { raiseSos } from './raise-sos.ts';

/**
 * Raises the alarm of the unit that a positioning device serves: its button for help was pressed. Off duty too, but then
 * without the place, which off duty is on no record. A report that is sent again raises no other.
 */
export async function raiseDeviceSos(
  { database, live, audit }: Pick<Dependencies, 'database' | 'live' | 'audit'>,
  { unit, name, deviceNumber }: RegistryDevice,
  { at, lngLat }: Pick<FixReport, 'at' | 'lngLat'>,
): Promise<void> {
  if (!unit) return;
  const { stationId, unitId, callSign, dutyState } = unit;
  const nowMs = Date.now();
  const atMs = Date.parse(at);
  const { isNew } = await database.inScope([stationId], async (transaction) => {
    const raised = await raiseSos(transaction, {
      stationId,
      unitId,
      lngLat: dutyState === 'on' ? (lngLat as [number, number]) : null,
      requestId: `${deviceNumber}@${at}`,
      pressedAtMs: Number.isNaN(atMs) ? nowMs : Math.min(nowMs, atMs),
      via: 'device',
    });
    if (raised.isNew)
      await audit.writeIn(transaction, {
        stationId,
        actor: null,
        action: 'alert.sos',
        target: { kind: 'unit', id: unitId, name: callSign },
        detail: { via: 'device', device: name },
        outcome: 'done',
      });
    return raised;
  });
  if (isNew) live.announceChange(stationId, 'alerts');
}
