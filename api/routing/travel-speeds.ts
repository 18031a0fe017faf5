import { roadClasses, type RoadClass } from '../../tiles/schema.ts';
import type { UnitKind } from '../positions/contract.ts';

/** What moves along streets; a UAV does not. */
export type StreetKind = Exclude<UnitKind, 'uav'>;
export const streetKinds = ['foot', 'bike', 'car'] as const satisfies readonly StreetKind[];

/** Classes of roads that units move along. */
export type StreetClass = Exclude<RoadClass, 'rail'>;
export const streetClasses = roadClasses.filter((name): name is StreetClass => name !== 'rail');

const walkingKmh = 5;
/** A bicycle that is pushed: OSRM's bicycle profile. */
const pushingKmh = 4;

/**
 * Kilometres an hour along a class of street; 0: not for this kind. Car and bicycle are the profiles of OSRM 5 and 6
 * (profiles/car.lua and bicycle.lua, speed_profile and bicycle_speeds; walking 5 as in foot.lua), which are averages of
 * ordinary traffic with its lights and turns: no blue light is assumed. Our class `path` holds footways (pushed, 4), steps
 * (2), paths (13) and cycle tracks (15); 8 lies between.
 */
const kmh: Readonly<Record<StreetKind, Readonly<Record<StreetClass, number>>>> = {
  car: {
    motorway: 90,
    trunk: 85,
    primary: 65,
    secondary: 55,
    tertiary: 40,
    residential: 25,
    service: 15,
    pedestrian: 0,
    path: 0,
  },
  bike: {
    motorway: 0,
    trunk: 15,
    primary: 15,
    secondary: 15,
    tertiary: 15,
    residential: 15,
    service: 15,
    pedestrian: pushingKmh,
    path: 8,
  },
  foot: {
    motorway: 0,
    trunk: walkingKmh,
    primary: walkingKmh,
    secondary: walkingKmh,
    tertiary: walkingKmh,
    residential: walkingKmh,
    service: walkingKmh,
    pedestrian: walkingKmh,
    path: walkingKmh,
  },
};

/** From the street to the door, and over a yard. */
export const walkingMps = walkingKmh / 3.6;

/**
 * Metres a second along a street; 0: that way it is not allowed. Against a one-way street a car does not go, a bicycle is
 * pushed, and who walks does not mind.
 */
export function streetSpeedMps(kind: StreetKind, streetClass: StreetClass, isAgainstOneway: boolean): number {
  const speed = kmh[kind][streetClass];
  if (!isAgainstOneway || kind === 'foot' || speed === 0) return speed / 3.6;
  return kind === 'car' ? 0 : pushingKmh / 3.6;
}

/** How much longer ways along streets are than the line as the crow flies: 1.417, Boscoe, Henry & Zdeb 2012 (doi:10.1080/00330124.2011.583586). */
const detour = 1.417;

/**
 * Metres a second along the straight line where there is no street to go by, and always for a UAV: on the ground the speed
 * of a residential street over the usual detour; in the air 12 m/s, about half of what DJI gives as the most a Matrice 30
 * flies (23 m/s).
 */
export const straightSpeedMps: Readonly<Record<UnitKind, number>> = {
  foot: walkingMps / detour,
  bike: 15 / 3.6 / detour,
  car: 25 / 3.6 / detour,
  uav: 12,
};
