import { LanguageState } from '$lib/i18n/language-state.svelte.ts';

export const ssr = false;
export const prerender = false;

export const load = async () => ({ language: await LanguageState.load() });
