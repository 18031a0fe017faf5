import type { Failure } from '$lib/state/loadable.ts';
import type { LanguageState } from './language-state.svelte.ts';

/** What went wrong and what to do, as a sentence. */
export function sayFailure({ t, problem }: Pick<LanguageState, 't' | 'problem'>, failure: Failure): string {
  const known = failure.problem && problem(failure.problem);
  if (known) return known;
  if (failure.kind === 'refused') return t('failure.refused', { detail: failure.detail ?? t('unknown') });
  return t(`failure.${failure.kind}`);
}
