import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldCodes, textSchema } from '../../api/reading/contract.ts';
import { describeIssue } from '../../api/reading/describe-issue.ts';
import { en } from '../../src/lib/i18n/en.ts';
import { enAccount } from '../../src/lib/i18n/en-account.ts';
import { zh } from '../../src/lib/i18n/zh.ts';
import { zhAccount } from '../../src/lib/i18n/zh-account.ts';

/** What is told of the first thing that is wrong with a value. */
function told(schema: z.ZodType, value: unknown) {
  const issue = schema.safeParse(value).error!.issues[0]!;
  return describeIssue(issue, value);
}

test.each([
  ['nothing came', textSchema(5), undefined, 'missing', {}],
  ['an empty text is as good as none', textSchema(5), '', 'missing', {}],
  ['a text is too long', textSchema(5), 'sixsix', 'tooLong', { max: 5 }],
  ['a text is too short', z.string().min(3), 'ab', 'tooShort', { min: 3 }],
  ['a number is too small', z.int().min(1), 0, 'tooSmall', { min: 1 }],
  ['a number is too large', z.int().max(24), 25, 'tooLarge', { max: 24 }],
  ['a list is too short', z.array(z.string()).min(1), [], 'tooFew', { min: 1 }],
  ['a list is too long', z.array(z.string()).max(1), ['a', 'b'], 'tooMany', { max: 1 }],
  ['a number came as a text', z.int(), '7', 'type', { type: 'number' }],
  ['an id is none', z.uuid(), 'x', 'format', { format: 'uuid' }],
  ['a kind is not among those there are', z.enum(['foot', 'car']), 'boat', 'choice', { choices: 'foot, car' }],
  ['a field nobody knows', z.strictObject({}), { x: 1 }, 'unknown', { names: 'x' }],
  ['a rule of our own', z.string().refine(() => false), 'x', 'invalid', {}],
] as const)('%s', (_name, schema, value, code, params) => {
  expect(told(schema, value)).toEqual({ code, params });
});

test('every code has a sentence in both languages, which needs nothing that the code does not bring', () => {
  for (const said of [
    { ...zh, ...zhAccount },
    { ...en, ...enAccount },
  ] as Record<string, string>[])
    for (const code of fieldCodes) expect(said[`field.${code}`], code).toBeTruthy();
});
