import { expect, test } from 'vitest';
import { parseTime } from '../../../api/positions/parse-time.ts';

const eight = Date.UTC(2026, 10, 20, 8, 15, 30);

test.each([
  ['2026-11-20T08:15:30Z', eight],
  ['2026-11-20T08:15:30.5Z', eight + 500],
  ['2026-11-20T08:15:30.123456789Z', eight + 123],
  ['2026-11-20T16:15:30+08:00', eight],
  ['2026-11-20T04:45:30.250-03:30', eight + 250],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['1969-12-31T23:59:59Z', -1000],
  // What devices also send.
  ['2026-11-20T08:15Z', eight - 30_000],
  ['2026-11-20 08:15:30Z', eight],
  ['2026-11-20T16:15:30+0800', eight],
  ['2026-11-20T16:15:30+08', eight],
  ['2026-11-20t08:15:30,5z', eight + 500],
])('%s is read', (text, ms) => expect(parseTime(text)).toBe(ms));

test.each([
  '',
  'now',
  '2026-11-20',
  '2026-11-20T08:15:30',
  '2026-11-20T08:15:30.Z',
  '2026-02-30T08:15:30Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-20T24:00:00Z',
  '2026-11-20T08:60:00Z',
  '2026-11-20T08:15:60Z',
  '2026-11-20T08:15:30+8:00',
  '2026-11-20T08:15:30ZZ',
  '2026-11-20T08:15:30+24:00',
  ' 2026-11-20T08:15:30Z',
  '20261120T081530Z',
  '1763626530',
  '２026-11-20T08:15:30Z',
])('%j is no time with a zone', (text) => expect(parseTime(text)).toBeNaN());

test('it agrees with Date.parse on every form that Date.prototype.toISOString gives', () => {
  for (let ms = Date.UTC(1999, 0, 1); ms < Date.UTC(2101, 0, 1); ms += 86_399_123 * 7)
    expect(parseTime(new Date(ms).toISOString())).toBe(ms);
});
