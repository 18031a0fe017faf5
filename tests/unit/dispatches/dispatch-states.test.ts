import { expect, test } from 'vitest';
import { dispatchStates, isOpenDispatch, type DispatchState } from '../../../api/dispatches/contract.ts';
import { takeStep } from '../../../api/dispatches/dispatch-states.ts';

const possible: Record<DispatchState, DispatchState[]> = {
  sent: ['accepted', 'declined', 'cancelled'],
  accepted: ['arrived', 'closed', 'declined', 'cancelled'],
  arrived: ['handedOver', 'closed', 'cancelled'],
  handedOver: [],
  closed: [],
  declined: [],
  cancelled: [],
};

test.each(dispatchStates)('from %s only the steps of the trade are possible', (from) => {
  const taken = dispatchStates.filter((to) => takeStep(from, to).kind === 'taken');
  expect(taken.toSorted()).toEqual(possible[from].toSorted());
});

test('what it is in already is no step, so that two of a crew may press at once', () => {
  for (const state of dispatchStates) expect(takeStep(state, state)).toEqual({ kind: 'repeated' });
});

test('a refused step says what could follow instead', () => {
  expect(takeStep('sent', 'arrived')).toEqual({ kind: 'refused', possible: ['accepted', 'declined', 'cancelled'] });
  expect(takeStep('closed', 'accepted')).toEqual({ kind: 'refused', possible: [] });
});

test('nothing follows an end, and every open state has a way to one', () => {
  for (const state of dispatchStates) expect(possible[state].length > 0).toBe(isOpenDispatch(state));
});
