import { Problem } from '../errors.ts';
import type { FieldCode, FieldError } from '../reading/contract.ts';
import { maxCrewRangeDays, maxShiftHours, type CrewBody } from './contract.ts';

const dayMs = 86_400_000;

const refuse = (field: string, got: string, expected: string, code: FieldCode, params: FieldError['params'] = {}) =>
  new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: [{ field, got, expected, code, params }],
  });

/** @throws {Problem} 400 for a shift that ends before it starts, is too long or is over already. */
export function requireShift({ startsAt, endsAt, memberIds }: CrewBody, nowMs: number): void {
  const lengthMs = Date.parse(endsAt) - Date.parse(startsAt);
  if (lengthMs <= 0) throw refuse('endsAt', endsAt, 'a time after startsAt', 'notAfter');
  if (lengthMs > maxShiftHours * 3_600_000)
    throw refuse('endsAt', endsAt, `at most ${maxShiftHours} hours after startsAt`, 'tooLate', {
      hours: maxShiftHours,
    });
  // Who was on duty is history, by which tracks are judged.
  if (Date.parse(endsAt) <= nowMs)
    throw refuse('endsAt', endsAt, 'a time to come: shifts that are over stay as they were', 'past');
  if (new Set(memberIds).size !== memberIds.length)
    throw refuse('memberIds', 'one of them twice', 'each member once', 'repeated');
}

/** From one day ago to 14 days ahead where nothing is said. @throws {Problem} 400 for a range that is empty or too long. */
export function readRange(query: { from?: string | undefined; to?: string | undefined }, nowMs: number) {
  const from = query.from ?? new Date((query.to ? Date.parse(query.to) : nowMs) - dayMs).toISOString();
  const to = query.to ?? new Date(Math.max(Date.parse(from), nowMs) + 14 * dayMs).toISOString();
  const lengthMs = Date.parse(to) - Date.parse(from);
  if (lengthMs <= 0 || lengthMs > maxCrewRangeDays * dayMs)
    throw new Problem(400, 'invalid-query', 'The address has a value that cannot be used', {
      errors: [{ field: 'to', got: to, expected: `a time after from, at most ${maxCrewRangeDays} days` }],
    });
  return { from, to };
}

export interface BusyMember {
  memberId: string;
  displayName: string;
  callSign: string;
  startsAt: string;
  endsAt: string;
}

/** @throws {Problem} 409 that says who is where until when. */
export function requireFree(memberIds: readonly string[], busy: readonly BusyMember[]): void {
  if (busy.length === 0) return;
  throw new Problem(409, 'member-busy', 'Somebody is on another unit then', {
    errors: busy.map(({ memberId, displayName, callSign, startsAt, endsAt }) => ({
      field: `memberIds.${memberIds.indexOf(memberId)}`,
      got: `${displayName}: ${callSign}, ${startsAt} – ${endsAt}`,
      expected: 'a member who is free for the whole shift',
      code: 'busy' as const,
      params: { name: displayName, callSign },
    })),
    extensions: { busy },
  });
}
