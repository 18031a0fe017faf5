import { assumedAccuracyM, clockGrainMs } from './fix-limits.ts';

/** A place at a time that another fix is compared with. */
export interface Anchor {
  atMs: number;
  lng: number;
  lat: number;
  /** NaN when the device did not say. */
  accuracyM: number;
}

/** Metres in a degree of a great circle, mean earth radius 6,371,008.8 m (IUGG). */
const metresPerDegree = 111_195.08;
const radiansPerDegree = Math.PI / 180;

/**
 * Whether a unit could have come from the one fix to the other: the distance, less what both may be wrong by, within the
 * time between them, whichever is first. So two fixes of a second apart that each lie 30 m beside the unit pass.
 */
export function isReachable(
  anchor: Anchor,
  at: number,
  lng: number,
  lat: number,
  accuracyM: number,
  maxSpeedMps: number,
): boolean {
  const dtMs = at > anchor.atMs ? at - anchor.atMs : anchor.atMs - at;
  const allowedM =
    (maxSpeedMps * (dtMs + clockGrainMs)) / 1000 +
    (anchor.accuracyM === anchor.accuracyM ? anchor.accuracyM : assumedAccuracyM) +
    (accuracyM === accuracyM ? accuracyM : assumedAccuracyM);
  let dLng = lng > anchor.lng ? lng - anchor.lng : anchor.lng - lng;
  if (dLng > 180) dLng = 360 - dLng;
  const northM = (lat - anchor.lat) * metresPerDegree;
  const eastAtEquatorM = dLng * metresPerDegree;
  const allowed2 = allowedM * allowedM;
  // Meridians are never further apart than at the equator: nearly every fix is settled here, without a cosine.
  if (northM * northM + eastAtEquatorM * eastAtEquatorM <= allowed2) return true;
  // Equirectangular: within 1 % up to some 1,000 km at the latitudes of towns, far finer than the limits are.
  const eastM = eastAtEquatorM * Math.cos(((lat + anchor.lat) / 2) * radiansPerDegree);
  return northM * northM + eastM * eastM <= allowed2;
}
