import type { FieldError } from '$api/reading/contract.ts';
import type { LanguageState } from './language-state.svelte.ts';

/** Why the server refused a field, in the language of the page: the server's own words are English, for programs. */
export const sayFieldError = (
  { t, fault }: Pick<LanguageState, 't' | 'fault'>,
  { code, params }: Pick<FieldError, 'code' | 'params'>,
): string => (code && fault(code, params)) || t('field.invalid');

/** Why an area is none, as PostGIS names it ("Self-intersection"), in the language of the page. */
export const sayAreaFault = ({ fault }: Pick<LanguageState, 'fault'>, reason: string): string =>
  fault(`area.${reason.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`) ?? reason;
