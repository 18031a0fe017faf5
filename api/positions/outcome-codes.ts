import { quarantineReasons, type FixOutcome, type QuarantineReason } from './contract.ts';

// Outcomes as small integers, so that a report's answer is one Uint8Array and no object per fix.
export const accepted = 0;
export const duplicate = 1;
export const conflict = 2;
export const offDuty = 3;
export const notAllowed = 4;
const firstReason = 5;
/** Not judged yet. */
export const pending = 255;

/** The code of "quarantined for this reason". */
export const quarantinedFor = Object.fromEntries(
  quarantineReasons.map((reason, index) => [reason, firstReason + index]),
) as Record<QuarantineReason, number>;

const plainOutcomes: readonly FixOutcome[] = ['accepted', 'duplicate', 'conflict', 'offDuty', 'notAllowed'];

export const isQuarantined = (code: number): boolean => code >= firstReason && code !== pending;

/** The name of an outcome that is not a quarantine. */
export const outcomeName = (code: number): FixOutcome | 'unjudged' => plainOutcomes[code] ?? 'unjudged';

export const reasonOf = (code: number): QuarantineReason | undefined => quarantineReasons[code - firstReason];

const rows = [
  ...plainOutcomes.map((outcome) => JSON.stringify({ outcome })),
  ...quarantineReasons.map((reason) => JSON.stringify({ outcome: 'quarantined', reason })),
];

/** The body of the answer, `reportAnswerSchema`, put together from ready pieces. */
export function writeAnswer(codes: Uint8Array): string {
  let text = '{"outcomes":[';
  for (let index = 0; index < codes.length; index++) text += (index === 0 ? '' : ',') + rows[codes[index]!]!;
  return `${text}]}`;
}
