import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/** The map's sentences and those of every room. */
async function readLanguage(language: 'zh' | 'en'): Promise<Record<string, string | undefined>> {
  const files = globSync(`src/lib/i18n/${language}*.ts`).filter((path) =>
    new RegExp(`/${language}(-\\w+)?\\.ts$`).test(path),
  );
  const rooms = await Promise.all(
    files.map(async (path) => Object.values((await import(resolve(path))) as Record<string, Record<string, string>>)),
  );
  return Object.assign({}, ...rooms.flat());
}
const [zh, en] = await Promise.all([readLanguage('zh'), readLanguage('en')]);
const languages: Record<string, Record<string, string | undefined>> = { zh, en };
const withoutPlural = (key: string): string => key.replace(/_(one|other)$/, '');
const partsOf = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort();

test('both languages say the same things', () => {
  const keysOf = (messages: object) => [...new Set(Object.keys(messages).map(withoutPlural))].sort();
  expect(keysOf(en)).toEqual(keysOf(zh));
});

test.each(Object.keys(languages))('%s leaves nothing unsaid', (language) => {
  for (const [key, text] of Object.entries(languages[language]!)) expect(text?.trim(), key).toBeTruthy();
});

test('a sentence takes the same values in both languages', () => {
  for (const [key, text] of Object.entries(languages['en']!)) {
    const other = zh[key] ?? zh[`${withoutPlural(key)}_other`];
    expect(partsOf(text!), key).toEqual(partsOf(other!));
  }
});

test('English has a singular wherever it counts', () => {
  const counted = Object.keys(en).filter((key) => key.endsWith('_other'));
  expect(counted.length).toBeGreaterThan(0);
  for (const key of counted) expect(Object.keys(en)).toContain(key.replace(/_other$/, '_one'));
});

test('every sentence is said somewhere', () => {
  const source = globSync('src/**/*.{svelte,ts}')
    .filter((path) => !/i18n\/(zh|en)(-\w+)?\.ts$/.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
  // Sentences asked for by a part that is computed, `unit.kind.${kind}`, and words of kinds the server names.
  const groups = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map(([, start = '']) => start);
  const asked = (key: string) =>
    source.includes(`'${key}'`) ||
    [
      ...groups,
      'role.',
      'equipment.',
      'problem.',
      'noun.',
      'field.',
      'audit.action.',
      'audit.target.',
      'refused.',
    ].some((start) => key.startsWith(start));
  expect(
    Object.keys(zh)
      .map(withoutPlural)
      .filter((key) => !asked(key)),
  ).toEqual([]);
});
