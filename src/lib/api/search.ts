import type { SearchResult } from '$api/search/contract.ts';
import type { Language } from '$lib/i18n/languages.ts';
import { getJson } from './client.ts';

/** What the server knows by this name: the station's own things first, then the base map's near it. */
export const readSearch = async (
  q: string,
  { station, language, signal }: { station: string | undefined; language: Language; signal: AbortSignal },
): Promise<readonly SearchResult[]> =>
  (await getJson<{ results: SearchResult[] }>('/api/search', { query: { q, station, language }, signal })).results;
