import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { parseTimestamp } from '../../../api/database/parse-timestamp.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

describe('a time as the database writes it', () => {
  test.each([
    ['2026-11-20 08:00:00+00', '2026-11-20T08:00:00.000Z'],
    ['2026-11-20 08:00:00.5+00', '2026-11-20T08:00:00.500Z'],
    ['2026-11-20 08:00:00.123999+00', '2026-11-20T08:00:00.123Z'],
    ['2026-11-20 08:00:00+08', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20 08:00:00.25-03:30', '2026-11-20T11:30:00.250Z'],
    ['2024-02-29 23:59:59.999+05:45', '2024-02-29T18:14:59.999Z'],
    ['1900-12-31 08:05:43+08:05:43', '1900-12-31T00:00:00.000Z'],
    ['0099-01-01 00:00:00+00', '0099-01-01T00:00:00.000Z'],
    ['12026-01-01 00:00:00+00', '+012026-01-01T00:00:00.000Z'],
    ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTimestamp(text).toISOString()).toBe(iso);
  });

  test('infinity stays what the driver makes of it', () => {
    expect(parseTimestamp('infinity')).toBe(Infinity);
    expect(parseTimestamp('-infinity')).toBe(-Infinity);
  });

  test('is read as the driver would', () => {
    const byDriver = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date;
    const random = seededRandom(7);
    for (let i = 0; i < 2000; i++) {
      const at = new Date(Math.floor(random() * 4e12) - 1e12);
      const zone = ['+00', '+08', '-05', '+05:30', '-09:30'][i % 5]!;
      const text = at.toISOString().replace('T', ' ').replace('.000', '').replace('Z', zone);
      // The driver multiplies a decimal fraction and may lose a millisecond.
      expect(Math.abs(parseTimestamp(text).getTime() - byDriver(text).getTime()), text).toBeLessThanOrEqual(1);
    }
  });
});
