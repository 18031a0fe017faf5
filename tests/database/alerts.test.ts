import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { findAlerts, type AlertScope } from '../../api/alerts/queries.ts';
import { raiseAlert, resolveAlert, type NewAlert } from '../../api/alerts/raise-alert.ts';
import type { Transaction } from '../../api/database/database.ts';
import { makeFixes, makeUnit } from './base-data.ts';
import { makeStation, openTestDatabase } from './harness.ts';

const database = openTestDatabase();
afterAll(() => database.close());

let station: string;
beforeEach(async () => {
  station = await makeStation(database);
});

const inStation = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => database.inScope([station], work);
const alertOf = (more: Partial<NewAlert> = {}): NewAlert => ({
  stationId: station,
  kind: 'dispatchUnanswered',
  cause: 'dispatchUnanswered:1',
  severity: 'warning',
  ...more,
});
const whole = (): AlertScope => ({
  stationIds: [station],
  wholeStationIds: [station],
  ownUnitIds: [],
  namesStationIds: [station],
});
const find = (state: 'open' | 'all' = 'open', scope = whole()) =>
  inStation((transaction) => findAlerts(transaction, scope, { state, since: new Date(0).toISOString(), limit: 100 }));

test('of one cause one alert is open, however many raise it at once', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => inStation((transaction) => raiseAlert(transaction, alertOf()))),
  );
  expect(ids.filter((id) => id !== null)).toHaveLength(1);
  expect(await find()).toHaveLength(1);
});

test('a cause that ended may come again, and then is another alert', async () => {
  await inStation((transaction) => raiseAlert(transaction, alertOf()));
  expect(await inStation((transaction) => resolveAlert(transaction, station, 'dispatchUnanswered:1'))).toBe(true);
  expect(await inStation((transaction) => resolveAlert(transaction, station, 'dispatchUnanswered:1'))).toBe(false);
  expect(await inStation((transaction) => raiseAlert(transaction, alertOf()))).not.toBeNull();
  expect(await find()).toHaveLength(1);
  expect(await find('all')).toHaveLength(2);
});

test('an alert of a unit stands where the unit was last', async () => {
  const unit = await makeUnit(database, station, { number: 1, callSign: '巡01' });
  await makeFixes(database, station, { number: 1, ...unit }, [{ at: new Date().toISOString(), lng: 116.4, lat: 39.9 }]);
  await inStation((transaction) =>
    raiseAlert(transaction, alertOf({ kind: 'unitStale', cause: 'unitStale:1', unitId: unit.id })),
  );
  expect(await find()).toMatchObject([{ callSign: '巡01', unitNumber: 1, lng: 116.4, lat: 39.9 }]);
});

test('who sees only their own units reads the alerts of those', async () => {
  const unit = await makeUnit(database, station, { number: 1, callSign: '巡01' });
  await inStation(async (transaction) => {
    await raiseAlert(transaction, alertOf({ cause: 'a', unitId: unit.id }));
    await raiseAlert(transaction, alertOf({ cause: 'b' }));
  });
  const own = (ownUnitIds: string[]) => find('open', { ...whole(), wholeStationIds: [], ownUnitIds });
  expect(await own([unit.id])).toHaveLength(1);
  expect(await own([uuidv7()])).toEqual([]);
});
