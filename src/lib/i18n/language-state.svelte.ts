import i18next, { type i18n } from 'i18next';
import { createContext } from 'svelte';
import type { MessageKey, MessageValues, Room } from './messages.ts';
import { isLanguage, localeOf, type Language } from './languages.ts';

const storageKey = 'shaodian.language';
const loaders: Record<Language, Record<Room, () => Promise<object>>> = {
  zh: {
    map: () => import('./zh.ts').then(({ zh }) => zh),
    account: () => import('./zh-account.ts').then(({ zhAccount }) => zhAccount),
    admin: () => import('./zh-admin.ts').then(({ zhAdmin }) => zhAdmin),
    record: () => import('./zh-record.ts').then(({ zhRecord }) => zhRecord),
    dispatch: () => import('./zh-dispatch.ts').then(({ zhDispatch }) => zhDispatch),
    alerts: () => import('./zh-alerts.ts').then(({ zhAlerts }) => zhAlerts),
    replay: () => import('./zh-replay.ts').then(({ zhReplay }) => zhReplay),
    wall: () => import('./zh-wall.ts').then(({ zhWall }) => zhWall),
    desk: () => import('./zh-desk.ts').then(({ zhDesk }) => zhDesk),
  },
  en: {
    map: () => import('./en.ts').then(({ en }) => en),
    account: () => import('./en-account.ts').then(({ enAccount }) => enAccount),
    admin: () => import('./en-admin.ts').then(({ enAdmin }) => enAdmin),
    record: () => import('./en-record.ts').then(({ enRecord }) => enRecord),
    dispatch: () => import('./en-dispatch.ts').then(({ enDispatch }) => enDispatch),
    alerts: () => import('./en-alerts.ts').then(({ enAlerts }) => enAlerts),
    replay: () => import('./en-replay.ts').then(({ enReplay }) => enReplay),
    wall: () => import('./en-wall.ts').then(({ enWall }) => enWall),
    desk: () => import('./en-desk.ts').then(({ enDesk }) => enDesk),
  },
};

type Translate = <Key extends MessageKey>(
  key: Key,
  ...values: keyof MessageValues<Key> extends never ? [] : [MessageValues<Key>]
) => string;

/** Kinds of things the server names by a word of its own. */
type WordGroup = 'role' | 'equipment' | 'sentinel.kind' | 'audit.action' | 'audit.target' | 'noun' | 'refused';

/** The language of the screen: Chinese unless chosen otherwise here. One language is loaded at a time. */
export class LanguageState {
  #language = $state<Language>('zh');
  readonly #messages: i18n;
  readonly #rooms = new Set<Room>(['map']);
  readonly #loaded = new Set<string>();
  readonly locale: string = $derived(localeOf(this.#language));

  private constructor(messages: i18n, language: Language) {
    this.#messages = messages;
    this.#language = language;
    this.#loaded.add(`${language} map`);
    this.#show();
  }

  static async load(): Promise<LanguageState> {
    const language = readChoice();
    const messages = i18next.createInstance();
    await messages.init({
      lng: language,
      resources: { [language]: { translation: { ...(await loaders[language].map()) } } },
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
  readonly word = (group: WordGroup, name: string): string =>
    this.#messages.t(`${group}.${name}`, { lng: this.#language, defaultValue: name });

  /** What to say of a problem that the server named; undefined: there is no sentence for it here. */
  readonly problem = (name: string): string | undefined =>
    this.#messages.t(`problem.${name}`, { lng: this.#language, defaultValue: '' }) || undefined;

  /** Why a field was refused, by the code the server gave; undefined: there is no sentence for it here. */
  readonly fault = (code: string, params: Readonly<Record<string, string | number>> = {}): string | undefined =>
    this.#messages.t(`field.${code}`, { lng: this.#language, defaultValue: '', ...params }) || undefined;

  async choose(language: Language): Promise<void> {
    for (const room of this.#rooms) await this.#load(language, room);
    this.#language = language;
    try {
      localStorage.setItem(storageKey, language);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show();
  }

  /** A page's own words, before it is drawn. */
  async enter(room: Room): Promise<void> {
    this.#rooms.add(room);
    await this.#load(this.#language, room);
  }

  async #load(language: Language, room: Room): Promise<void> {
    const name = `${language} ${room}`;
    if (this.#loaded.has(name)) return;
    this.#messages.addResourceBundle(language, 'translation', await loaders[language][room](), true, true);
    this.#loaded.add(name);
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
