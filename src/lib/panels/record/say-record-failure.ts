import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import { sayFailure } from '$lib/i18n/say-failure.ts';
import type { Failure } from '$lib/state/loadable.ts';

const known = ['recorded-differently', 'changed-meanwhile', 'wrong-state'] as const;

/** What went wrong with an incident, as a sentence. */
export function sayRecordFailure(language: LanguageState, failure: Failure): string {
  const problem = known.find((name) => name === failure.problem);
  return problem ? language.t(`record.problem.${problem}`) : sayFailure(language, failure);
}
