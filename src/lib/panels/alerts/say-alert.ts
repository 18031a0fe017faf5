import type { Alert } from '$api/alerts/contract.ts';
import { formatAge, formatClock, formatMoment } from '$lib/i18n/format.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';

type Say = Pick<LanguageState, 't' | 'locale'>;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Who and what it is about. */
function partsOf({ t, locale }: Say, alert: Alert, timeZone: string) {
  const sinceMs = Date.parse(text(alert.detail['since']));
  return {
    unit: alert.callSign ?? t('alerts.unknownUnit'),
    fence: alert.geofenceName ?? (text(alert.detail['geofence']) || t('alerts.unknownFence')),
    grid: alert.gridNumber ?? text(alert.detail['grid']),
    incident: alert.incidentNumber ?? text(alert.detail['incidentNumber']),
    minutes: text(alert.detail['minutes']),
    count: text(alert.detail['count']),
    since: Number.isNaN(sinceMs) ? '' : formatClock(locale, timeZone, sinceMs).time.slice(0, 5),
  };
}

/** What has happened, in a line. */
export const sayAlert = (say: Say, alert: Alert, timeZone: string): string =>
  say.t(`alerts.${alert.kind}`, partsOf(say, alert, timeZone));

/** The same in a few words, for a plate on the map. */
export const sayPlate = (say: Say, alert: Alert, timeZone: string): string =>
  say.t(`alerts.plate.${alert.kind}`, partsOf(say, alert, timeZone));

/** What its rule measured; undefined: the line above says all. */
export function sayFacts(say: Say, { kind, detail }: Alert, timeZone: string, nowMs: number): string | undefined {
  const { t, locale } = say;
  const moment = (value: unknown) => formatMoment(locale, timeZone, Date.parse(text(value)), nowMs);
  if (kind === 'sos') {
    const via = detail['via'] === 'desk' || detail['via'] === 'device' ? detail['via'] : 'crew';
    return t(`alerts.facts.sos.${via}`);
  }
  if (kind === 'unitStale') {
    const limit = formatAge(locale, Number(detail['limitS']));
    if (detail['hasReported'] === false) return t('alerts.facts.neverHeard', { limit });
    return t('alerts.facts.unitStale', { limit, at: moment(detail['since']) });
  }
  if (kind === 'stationSilent')
    return t('alerts.facts.stationSilent', {
      count: text(detail['count']),
      of: text(detail['of']),
      at: moment(detail['since']),
    });
  if (kind === 'dispatchUnanswered')
    return t('alerts.facts.dispatchUnanswered', { limit: formatAge(locale, Number(detail['answerSeconds'])) });
  if (kind === 'incidentBurst')
    return t('alerts.facts.incidentBurst', {
      hours: text(detail['windowHours']),
      count: text(detail['count']),
      weeks: text(detail['weeks']),
      expected: text(detail['expected']),
      probability: text(detail['probability']),
    });
  return undefined;
}

/** An SOS that was held back by a phone without signal for longer than a minute: when it was pressed, ISO 8601. */
export function pressedLate({ kind, detail, openedAt }: Alert): string | undefined {
  const pressedAt = kind === 'sos' ? text(detail['pressedAt']) : '';
  return pressedAt !== '' && Date.parse(openedAt) - Date.parse(pressedAt) > 60_000 ? pressedAt : undefined;
}
