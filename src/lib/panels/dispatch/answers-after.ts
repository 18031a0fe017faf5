import type { DispatchAnswer, DispatchState } from '$api/dispatches/contract.ts';

/** What a crew can answer in each state, the usual first. The server decides; this is what is offered. */
export const answersAfter: Readonly<Record<DispatchState, readonly DispatchAnswer[]>> = {
  sent: ['accepted', 'declined'],
  accepted: ['arrived', 'declined', 'closed'],
  arrived: ['closed', 'handedOver'],
  handedOver: [],
  closed: [],
  declined: [],
  cancelled: [],
};
