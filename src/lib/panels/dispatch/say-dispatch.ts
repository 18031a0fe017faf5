import type { DispatchState, Travel } from '$api/dispatches/contract.ts';
import { formatLength, formatNumber } from '$lib/i18n/format.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import { sayFailure } from '$lib/i18n/say-failure.ts';
import type { Failure } from '$lib/state/loadable.ts';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'danger';

export const toneOf: Readonly<Record<DispatchState, Tone>> = {
  sent: 'warn',
  accepted: 'accent',
  arrived: 'ok',
  handedOver: 'plain',
  closed: 'plain',
  declined: 'danger',
  cancelled: 'plain',
};

/** "4 min · 1.2 km", and that it is as the crow flies where it is. */
export function sayTravel({ t, locale }: Pick<LanguageState, 't' | 'locale'>, { seconds, metres, by }: Travel): string {
  const minutes = formatNumber(locale, Math.max(1, Math.round(seconds / 60)));
  const values = { minutes, length: formatLength(locale, metres) };
  return by === 'street' ? t('dispatch.byStreet', values) : t('dispatch.byStraightLine', values);
}

const known = ['order-taken', 'already-dispatched', 'unit-off-duty', 'dispatch-state'] as const;

/** What went wrong, in the words of dispatching where there are some. */
export function sayDispatchFailure(language: LanguageState, failure: Failure): string {
  const problem = known.find((name) => name === failure.problem);
  return problem ? language.t(`dispatch.problem.${problem}`) : sayFailure(language, failure);
}
