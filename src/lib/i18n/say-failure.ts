import type { Failure } from '$lib/state/loadable.ts';
import type { LanguageState } from './language-state.svelte.ts';

/** What went wrong and what to do, as a sentence. */
export function sayFailure({ t }: Pick<LanguageState, 't'>, failure: Failure): string {
  if (failure.kind === 'refused') return t('failure.refused', { detail: failure.detail ?? t('unknown') });
  return t(`failure.${failure.kind}`);
}
