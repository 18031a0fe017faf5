import type { DispatchState } from './contract.ts';

/** What may follow each state; nothing follows an end. */
const following: Readonly<Record<DispatchState, readonly DispatchState[]>> = {
  sent: ['accepted', 'declined', 'cancelled'],
  // Closed on the way: nothing was there, or somebody else was quicker.
  accepted: ['arrived', 'closed', 'declined', 'cancelled'],
  arrived: ['handedOver', 'closed', 'cancelled'],
  handedOver: [],
  closed: [],
  declined: [],
  cancelled: [],
};

export type Step = { kind: 'taken' } | { kind: 'repeated' } | { kind: 'refused'; possible: readonly DispatchState[] };

/** Whether a dispatch in this state can go to that one. What it is in already is no step: two of a crew pressed at once. */
export function takeStep(from: DispatchState, to: DispatchState): Step {
  if (from === to) return { kind: 'repeated' };
  return following[from].includes(to) ? { kind: 'taken' } : { kind: 'refused', possible: following[from] };
}
