import type { Alert } from '$api/alerts/contract.ts';

/** An alert is looked at for so long before the screen may go dark for a moment. */
const freshAlertMs = 120_000;

/** Whether a wall may load itself anew: no open SOS, no alert of the last two minutes, no flight. */
export const isQuiet = (
  openAlerts: readonly Pick<Alert, 'kind' | 'openedAt'>[],
  nowMs: number,
  isFlying: boolean,
): boolean =>
  !isFlying && openAlerts.every(({ kind, openedAt }) => kind !== 'sos' && nowMs - Date.parse(openedAt) >= freshAlertMs);
