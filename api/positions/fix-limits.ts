import type { UnitKind } from './contract.ts';

/** What a fix of a kind of unit may say before it is refused. */
export interface FixLimits {
  /** Fastest that a unit of the kind can really move, m/s. */
  maxSpeedMps: number;
  /** Worst accuracy that still says which street a unit is in, m. */
  maxAccuracyM: number;
}

// Satellite positioning is good to about 5 m under open sky (gps.gov, "GPS Accuracy") and some tens of metres between
// high buildings; a phone that fell back to cell towers says hundreds to thousands. 200 m is one or two blocks.
const maxAccuracyM = 200;

export const fixLimits: Readonly<Record<UnitKind, FixLimits>> = {
  // The fastest a person has run: 12.4 m/s (Bolt, Berlin 2009, World Athletics biomechanics report).
  foot: { maxSpeedMps: 12.5, maxAccuracyM },
  // A racing cyclist downhill reaches 25 m/s; police electric bicycles and scooters less.
  bike: { maxSpeedMps: 25, maxAccuracyM },
  // 250 km/h, where patrol cars are limited by their makers.
  car: { maxSpeedMps: 70, maxAccuracyM },
  // Patrol multirotors fly at up to 23 m/s (DJI Matrice 350), vertical take-off wings at 35; with a strong tail wind 45.
  uav: { maxSpeedMps: 45, maxAccuracyM },
};

/** What a device does not say is taken as this in the speed check, m: a phone between buildings. */
export const assumedAccuracyM = 30;

/** Many devices give whole seconds, so that the time between two fixes may be a second more than it seems. */
export const clockGrainMs = 1000;

/** Half width of the box around 0° 0° that counts as null island; nearest land is 570 km away. */
export const nullIslandDeg = 0.01;

/** A unit that says it moves and would have come this far from coordinates that did not change is frozen, m. */
export const frozenM = 5;
/** Below this a receiver standing still reports noise, m/s. */
export const movingMps = 1;
/** Most of the time since the last fix that counts as driven: a unit that stood for an hour and now starts is not frozen. */
export const frozenWindowMs = 10_000;

/** Fixes that must agree with each other, each later than the one before, until a track continues at their place. */
export const reAnchorCount = 3;

/** How far in time a late fix's neighbours are looked for; further away nearly every distance is possible. */
export const neighbourWindowMs = 86_400_000;
