import { incidentCategories } from '$api/incidents/contract.ts';
import type { Language } from '$lib/i18n/languages.ts';
import type { IncidentColumns } from '$lib/state/incident-columns.ts';
import { rowIntegers, kindBits } from '$lib/state/incident-columns.ts';
import { sayCategory } from '../say-category.ts';

export interface CategoryChoice {
  name: string;
  label: string;
}

/** What a station records, most frequent first; then what others do. */
export function rankCategories({ rows, count, categories }: IncidentColumns, language: Language): CategoryChoice[] {
  const counts = new Uint32Array(256);
  // The latest ten thousand tell it as well as a million.
  for (let i = Math.max(0, count - 10_000); i < count; i++)
    counts[(rows[i * rowIntegers + 3]! >> kindBits.category) & 255]!++;
  const known = categories
    .map((name, code) => ({ name, count: counts[code] ?? 0 }))
    .filter(({ name }) => name !== '')
    .sort((a, b) => b.count - a.count);
  const names = new Set([...known.map(({ name }) => name), ...Object.keys(incidentCategories)]);
  return [...names].map((name) => ({ name, label: sayCategory(language, name) }));
}

/** The stored name of what was typed or chosen: labels stand for the categories they name. */
export function storedCategory(typed: string, choices: readonly CategoryChoice[]): string {
  const text = typed.trim();
  return choices.find(({ name, label }) => label === text || name === text)?.name ?? text;
}
