import type { Geofence } from '$api/geofences/contract.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';

/** When it raises alerts, in a line: "进入、停留 > 10 分钟 · 22:00–06:00 · 步巡". */
export function sayWhen({ t }: Pick<LanguageState, 't'>, fence: Geofence): string {
  const events = [
    ...(fence.onEnter ? [t('fences.enters')] : []),
    ...(fence.onLeave ? [t('fences.leaves')] : []),
    ...(fence.dwellMinutes === null ? [] : [t('fences.dwells', { minutes: fence.dwellMinutes })]),
  ];
  const hours = fence.activeHours ? `${fence.activeHours.from}–${fence.activeHours.to}` : t('fences.allDay');
  const kinds =
    fence.unitKinds.length === 0
      ? t('fences.allKinds')
      : fence.unitKinds.map((kind) => t(`unit.kind.${kind}`)).join(' / ');
  return [events.join(' / '), hours, kinds].join(' · ');
}
