import { expect, test } from 'vitest';
import { escapeLike, foldedCharacters, foldText } from '../../api/search/fold-text.ts';

test('case, accents and full width are folded; Chinese stays', () => {
  expect(foldText('Théâtre ÉGLISE')).toBe('theatre eglise');
  expect(foldText('ＡＢ１２')).toBe('ab12');
  expect(foldText('河湾派出所')).toBe('河湾派出所');
});

test('each folded character has one counterpart, as translate() needs', () => {
  expect([...foldedCharacters.from]).toHaveLength([...foldedCharacters.to].length);
  expect(new Set(foldedCharacters.from).size).toBe([...foldedCharacters.from].length);
});

test('wildcards of LIKE stand for themselves', () => {
  expect(escapeLike('100%_\\')).toBe('100\\%\\_\\\\');
});
