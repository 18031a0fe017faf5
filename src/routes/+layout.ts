import { followSession } from '$lib/api/follow-session.ts';
import { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import { SessionState } from '$lib/state/session-state.svelte.ts';

export const ssr = false;
export const prerender = false;

export const load = async () => {
  const session = new SessionState();
  // Asked while the words come; nothing waits for the answer here.
  followSession(session);
  const [language] = await Promise.all([LanguageState.load(), loadFonts()]);
  return { language, session };
};

/**
 * The screen's own words come in the shipped font from the first paint: a bare Linux wall has no Chinese font, and
 * would flash boxes. Waits a second and a half at most.
 */
async function loadFonts(): Promise<void> {
  const wanted = [400, 600].map((weight) => document.fonts.load(`${weight} 16px "Noto Sans SC"`, '在岗A'));
  const patience = new Promise((resolve) => setTimeout(resolve, 1500));
  await Promise.race([Promise.allSettled(wanted), patience]);
}
