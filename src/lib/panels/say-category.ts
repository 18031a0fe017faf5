import { incidentCategories, type IncidentCategory } from '$api/incidents/contract.ts';
import type { Language } from '$lib/i18n/languages.ts';

/** A category in the language of the screen where it is one of ours, else as it was imported. */
export const sayCategory = (language: Language, category: string): string =>
  Object.hasOwn(incidentCategories, category) ? incidentCategories[category as IncidentCategory][language] : category;
