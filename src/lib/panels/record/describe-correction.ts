import type { IncidentSource } from '$api/incidents/contract.ts';
import type { IncidentEvent } from '$api/incidents/record-contract.ts';
import { formatLngLat, formatMoment } from '$lib/i18n/format.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import { sayCategory } from '../say-category.ts';

const fields = ['category', 'source', 'sentinelId', 'lngLat', 'occurredAt'] as const;
type Field = (typeof fields)[number];

/** What a correction changed, a line for each field but the text. */
export function describeCorrection(
  { detail }: IncidentEvent,
  language: LanguageState,
  { timeZone, sentinelName }: { timeZone: string; sentinelName: (id: string) => string | undefined },
): { field: Field; before: string; after: string }[] {
  const before = (detail['before'] ?? {}) as Record<string, unknown>;
  const after = (detail['after'] ?? {}) as Record<string, unknown>;
  const say = (field: Field, value: unknown): string => {
    if (value === null || value === undefined) return language.t('record.none');
    if (field === 'category') return sayCategory(language.current, String(value));
    if (field === 'source') return language.t(`incidents.source.${value as IncidentSource}`);
    if (field === 'lngLat') return formatLngLat(value as [number, number]);
    if (field === 'occurredAt') return formatMoment(language.locale, timeZone, Date.parse(String(value)), 0);
    return sentinelName(String(value)) ?? String(value);
  };
  return fields
    .filter((field) => field in before || field in after)
    .map((field) => ({ field, before: say(field, before[field]), after: say(field, after[field]) }));
}
