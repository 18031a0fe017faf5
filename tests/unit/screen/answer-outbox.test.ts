import { expect, test, vi } from 'vitest';
import type { Dispatch } from '../../../api/dispatches/contract.ts';
import { AnswerOutbox, type KeptAnswer, type OutboxListener } from '../../../src/lib/api/answer-outbox.ts';
import { ApiError } from '../../../src/lib/api/client.ts';

const answer = (id: string, given: KeptAnswer['answer'] = 'accepted'): KeptAnswer => ({
  dispatchId: 'dispatch',
  id,
  answer: given,
  reason: null,
  at: '2026-11-22T08:00:00.000Z',
});
const unreachable = () => new ApiError({ kind: 'unreachable' });

/** A phone with its storage, and a server that answers as `reply` says. */
function makePhone(reply: (sent: KeptAnswer) => Promise<Dispatch>) {
  const stored = new Map<string, string>();
  const sent: string[] = [];
  const told = { kept: [] as readonly KeptAnswer[], isHeldUp: false, refused: [] as string[], taken: 0 };
  const listener: OutboxListener = {
    changed: (kept, isHeldUp) => Object.assign(told, { kept, isHeldUp }),
    taken: () => void told.taken++,
    refused: ({ id }) => void told.refused.push(id),
  };
  const open = (account = 'zhou') =>
    new AnswerOutbox(account, listener, {
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, text) => void stored.set(key, text),
        removeItem: (key) => void stored.delete(key),
      },
      send: (kept) => {
        sent.push(kept.id);
        return reply(kept);
      },
      wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    });
  return { open, stored, sent, told };
}
const taken = () => Promise.resolve({} as Dispatch);

test('an answer is sent and forgotten', async () => {
  const phone = makePhone(taken);
  phone.open().put(answer('a'));
  expect(phone.told.kept.map(({ id }) => id)).toEqual(['a']);
  await vi.waitFor(() => expect(phone.told.taken).toBe(1));
  expect([phone.told.kept, phone.stored.size]).toEqual([[], 0]);
});

test('without a network it is kept, said to be held up, and sent again under the same id until it comes through', async () => {
  let isOn = false;
  const phone = makePhone(() => (isOn ? taken() : Promise.reject(unreachable())));
  phone.open().put(answer('a'));
  await vi.waitFor(() => expect(phone.sent.length).toBeGreaterThan(2));
  expect(phone.told).toMatchObject({ isHeldUp: true, taken: 0 });
  isOn = true;
  await vi.waitFor(() => expect(phone.told.taken).toBe(1));
  expect(new Set(phone.sent)).toEqual(new Set(['a']));
  expect(phone.told.isHeldUp).toBe(false);
});

test('what was kept is sent by the page that comes after a reload, in its order, and by no other account', async () => {
  let isOn = false;
  const phone = makePhone(() => (isOn ? taken() : Promise.reject(unreachable())));
  const before = phone.open();
  before.put(answer('a'));
  before.put(answer('b', 'arrived'));
  before.close();
  await vi.waitFor(() => expect(phone.sent.length).toBeGreaterThan(0));
  isOn = true;
  phone.sent.length = 0;
  phone.open('somebody else');
  expect(phone.told.kept).toEqual([]);
  phone.open();
  await vi.waitFor(() => expect(phone.told.taken).toBe(2));
  expect(phone.sent).toEqual(['a', 'b']);
});

test('what the server refuses is given up and told, and does not hold up what comes after', async () => {
  const phone = makePhone(({ id }) =>
    id === 'a' ? Promise.reject(new ApiError({ kind: 'refused', problem: 'dispatch-state' }, 409)) : taken(),
  );
  const outbox = phone.open();
  outbox.put(answer('a'));
  outbox.put(answer('b', 'arrived'));
  await vi.waitFor(() => expect(phone.told.taken).toBe(1));
  expect(phone.told.refused).toEqual(['a']);
  expect(phone.sent).toEqual(['a', 'b']);
});

test.each([401, 429])('a server that answers %i has not said no', async (status) => {
  let tries = 0;
  const phone = makePhone(() => (++tries < 3 ? Promise.reject(new ApiError({ kind: 'refused' }, status)) : taken()));
  phone.open().put(answer('a'));
  await vi.waitFor(() => expect(phone.told.taken).toBe(1));
  expect(phone.told.refused).toEqual([]);
});
