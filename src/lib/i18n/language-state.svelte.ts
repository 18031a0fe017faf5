import i18next, { type i18n } from 'i18next';
import { createContext } from 'svelte';
import type { MessageKey, MessageValues, Messages } from './messages.ts';
import { isLanguage, localeOf, type Language } from './languages.ts';

const storageKey = 'shaodian.language';
const loaders: Record<Language, () => Promise<Messages>> = {
  zh: () => import('./zh.ts').then(({ zh }) => zh),
  en: () => import('./en.ts').then(({ en }) => en),
};

type Translate = <Key extends MessageKey>(
  key: Key,
  ...values: keyof MessageValues<Key> extends never ? [] : [MessageValues<Key>]
) => string;

/** The language of the screen: Chinese unless chosen otherwise here. One language is loaded at a time. */
export class LanguageState {
  #language = $state<Language>('zh');
  readonly #messages: i18n;
  readonly locale: string = $derived(localeOf(this.#language));

  private constructor(messages: i18n, language: Language) {
    this.#messages = messages;
    this.#language = language;
    this.#show();
  }

  static async load(): Promise<LanguageState> {
    const language = readChoice();
    const messages = i18next.createInstance();
    await messages.init({
      lng: language,
      resources: { [language]: { translation: await loaders[language]() } },
      // Keys are flat names with dots in them, not paths.
      keySeparator: false,
      nsSeparator: false,
      // Svelte escapes what it writes.
      interpolation: { escapeValue: false },
    });
    return new LanguageState(messages, language);
  }

  get current(): Language {
    return this.#language;
  }

  /** The sentence of a key, redrawn when the language changes. */
  readonly t: Translate = (key, ...values) => this.#messages.t(key, { lng: this.#language, ...values[0] });

  /** Words of a kind the server named, or the server's own word when there are none here. */
  readonly word = (group: 'role' | 'equipment' | 'sentinel.kind', name: string): string =>
    this.#messages.t(`${group}.${name}`, { lng: this.#language, defaultValue: name });

  /** What to say of a problem that the server named; undefined: there is no sentence for it here. */
  readonly problem = (name: string): string | undefined =>
    this.#messages.t(`problem.${name}`, { lng: this.#language, defaultValue: '' }) || undefined;

  async choose(language: Language): Promise<void> {
    if (!this.#messages.hasResourceBundle(language, 'translation'))
      this.#messages.addResourceBundle(language, 'translation', await loaders[language]());
    this.#language = language;
    try {
      localStorage.setItem(storageKey, language);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show();
  }

  #show(): void {
    document.documentElement.lang = this.locale;
  }
}

function readChoice(): Language {
  try {
    const stored = localStorage.getItem(storageKey);
    return isLanguage(stored) ? stored : 'zh';
  } catch {
    return 'zh';
  }
}

export const [getLanguage, setLanguage] = createContext<LanguageState>();
