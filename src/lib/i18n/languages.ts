export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export const isLanguage = (text: string | null): text is Language => languages.some((language) => language === text);

/** For Intl and the page's `lang`. */
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');
