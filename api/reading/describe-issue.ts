import type { z } from 'zod';
import type { FieldError } from './contract.ts';

const tooLittle = { string: 'tooShort', array: 'tooFew', set: 'tooFew' } as const;
const tooMuch = { string: 'tooLong', array: 'tooMany', set: 'tooMany' } as const;

/**
 * What is wrong with a field, as a code and numbers that every language has a sentence for: the English ones of the
 * schemas are for programs and logs.
 * @param value what came; undefined: nothing
 */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown): Required<Pick<FieldError, 'code' | 'params'>> {
  if (value === undefined || value === null || value === '') return { code: 'missing', params: {} };
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'type', params: { type: issue.expected } };
    case 'too_small':
      return {
        code: tooLittle[issue.origin as keyof typeof tooLittle] ?? 'tooSmall',
        params: { min: Number(issue.minimum) },
      };
    case 'too_big':
      return {
        code: tooMuch[issue.origin as keyof typeof tooMuch] ?? 'tooLarge',
        params: { max: Number(issue.maximum) },
      };
    case 'invalid_format':
      return { code: 'format', params: { format: issue.format } };
    case 'invalid_value':
      return { code: 'choice', params: { choices: issue.values.map(String).join(', ') } };
    case 'unrecognized_keys':
      return { code: 'unknown', params: { names: issue.keys.join(', ') } };
    default:
      return { code: 'invalid', params: {} };
  }
}
