import { expect, type APIRequestContext } from '@playwright/test';
import { distanceM } from '../../src/lib/geo/sphere.ts';

export type LngLat = [lng: number, lat: number];
export interface Unit {
  id: string;
  number: number;
  callSign: string;
  kind: string;
  lngLat: LngLat | null;
  dutyState: string;
}

/** Those of the demo and those that tests made meanwhile. */
export const readUnits = async (request: APIRequestContext): Promise<Unit[]> =>
  ((await (await request.get('/api/units')).json()) as { units: Unit[] }).units;

export const countOnDuty = async (request: APIRequestContext): Promise<string> =>
  String((await readUnits(request)).filter(({ dutyState }) => dutyState === 'on').length);

const device = (unit: Unit): string => `demo-${String(unit.number).padStart(2, '0')}`;

/**
 * Reports a fix that is a minute and a half ahead of its time, which the clock skew allows: the simulator's own fixes
 * are then late ones, and the marker stays where the test put it.
 * @param aheadMs less for a first of two
 */
export async function putUnit(
  request: APIRequestContext,
  unit: Unit,
  [lng, lat]: LngLat,
  aheadMs = 90_000,
): Promise<void> {
  const answer = await request.post('/api/positions', {
    headers: { Authorization: `Bearer ${device(unit)}` },
    data: [{ device: device(unit), at: new Date(Date.now() + aheadMs).toISOString(), lngLat: [lng, lat] }],
  });
  expect(await answer.text()).toContain('accepted');
}

/** A car and a spot that it can reach in 90 s and where no other unit is about to be. */
export async function chooseSpot(request: APIRequestContext, nth: number): Promise<{ car: Unit; spot: LngLat }> {
  const units = await readUnits(request);
  const car = units.filter(({ kind, lngLat }) => kind === 'car' && lngLat)[nth];
  if (!car?.lngLat) throw new Error('no car has reported yet');
  const [lng, lat] = car.lngLat;
  const spots = Array.from({ length: 24 }, (_, i): LngLat => {
    const angle = (i / 24) * 2 * Math.PI;
    return [lng + 0.0042 * Math.cos(angle), lat + 0.0036 * Math.sin(angle)];
  });
  const roomAround = (spot: LngLat): number =>
    Math.min(...units.flatMap((unit) => (unit.lngLat && unit.id !== car.id ? [distanceM(spot, unit.lngLat)] : [])));
  return { car, spot: spots.toSorted((a, b) => roomAround(b) - roomAround(a))[0]! };
}

export const address = ([lng, lat]: LngLat, zoom: number, more = ''): string => `/?v=${zoom}/${lat}/${lng}${more}`;
