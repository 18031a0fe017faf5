import { alertKinds } from '$api/alerts/contract.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import type { MessageKey } from '$lib/i18n/messages.ts';
import type { ReplayEvent } from '$lib/state/replay-events.ts';
import { sayCategory } from '../say-category.ts';

/** An event in a line. @param callSignOf what the unit with this number is called; undefined: not told */
export function sayEvent(
  { t, current }: Pick<LanguageState, 't' | 'current'>,
  { kind, name, incident, unit }: ReplayEvent,
  callSignOf: (number: number) => string | undefined,
): string {
  const whose = unit === null ? undefined : callSignOf(unit);
  const of = (text: string): string => (whose === undefined ? text : `${text} · ${whose}`);
  if (kind === 'incident') return t('replay.incident', { category: sayCategory(current, name) });
  if (kind === 'alert') {
    const known = alertKinds.find((word) => word === name);
    return of(t('replay.alert', { kind: known ? t(`replay.alert.${known}`) : name }));
  }
  const step = t(`record.event.${name}` as MessageKey & `record.event.${string}`);
  return of(incident === null ? step : t('replay.step', { number: incident, step }));
}
