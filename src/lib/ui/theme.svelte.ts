import { getContext, setContext } from 'svelte';

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'system';

const storageKey = 'shaodian.theme';

/** Light or dark: what was chosen here, else what the system says, followed while it changes. */
export class ThemeState {
  #choice = $state<ThemeChoice>('system');
  #systemIsDark = $state(false);
  #preferred = $state<Theme | undefined>();
  readonly theme: Theme = $derived.by(() => {
    if (this.#choice !== 'system') return this.#choice;
    return this.#preferred ?? (this.#systemIsDark ? 'dark' : 'light');
  });

  constructor() {
    const stored = read();
    if (stored === 'light' || stored === 'dark') this.#choice = stored;
    const system = matchMedia('(prefers-color-scheme: dark)');
    this.#systemIsDark = system.matches;
    system.addEventListener('change', (event) => {
      this.#systemIsDark = event.matches;
      this.#show();
    });
    this.#show();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** What this page is made for where nobody chose; undefined: what the system says. */
  prefer(theme: Theme | undefined): void {
    this.#preferred = theme;
    this.#show();
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    try {
      if (choice === 'system') localStorage.removeItem(storageKey);
      else localStorage.setItem(storageKey, choice);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.theme;
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

const key = Symbol('theme');
export const provideTheme = (): ThemeState => setContext(key, new ThemeState());
export const useTheme = (): ThemeState => getContext(key);
