import type { Alert } from '$api/alerts/contract.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';

/** An alert in one line of the feed; the strip above says it whole. */
export const sayAlertShortly = (t: LanguageState['t'], alert: Alert): string =>
  [t(`wall.alert.${alert.kind}`), aboutOf(alert)].filter(Boolean).join(' ');

const aboutOf = ({ kind, callSign, geofenceName, gridNumber, detail }: Alert): string | null =>
  kind === 'stationSilent' ? String(detail['count']) : (callSign ?? geofenceName ?? gridNumber);
