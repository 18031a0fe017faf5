import type { LanguageState } from './language-state.svelte.ts';

/**
 * Why an identity provider's sign-in came back without one, as a sentence of the account's words.
 * @param kind as it stands in the address, so anything: it chooses a sentence and is never shown itself
 */
export function sayRefusal({ t, word, problem }: Pick<LanguageState, 't' | 'word' | 'problem'>, kind: string): string {
  const known = word('refused', kind);
  return known === kind ? (problem(kind) ?? t('refused.other')) : known;
}
