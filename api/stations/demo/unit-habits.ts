import type { UnitKind } from '../../positions/contract.ts';

/** How units of a kind move in streets. Speeds in m/s, times in seconds. */
export interface UnitHabits {
  cruiseMps: readonly [number, number];
  accelerationMps2: number;
  /** Speed through a right-angled corner. */
  cornerMps: number;
  /** How gladly each class of street is taken; 0: never. */
  streets: Readonly<Record<string, number>>;
  /** How far from the middle of its beat it strays. */
  beatM: number;
  /** Chance of a pause where streets meet, and how long. */
  junctionPause: { chance: number; seconds: readonly [number, number] };
  /** The same beside a sentinel point. */
  sentinelPause: { chance: number; seconds: readonly [number, number] };
  /** Battery used and charged, percent a second. */
  drainPctPerS: number;
  chargePctPerS: number;
}

const phone = { drainPctPerS: 1 / 300, chargePctPerS: 1 / 20 };
const wired = { drainPctPerS: 1 / 1200, chargePctPerS: 1 / 10 };

export const unitHabits: Readonly<Record<Exclude<UnitKind, 'uav'>, UnitHabits>> = {
  foot: {
    cruiseMps: [1.1, 1.5],
    accelerationMps2: 0.8,
    cornerMps: 1.2,
    beatM: 300,
    ...phone,
    streets: { primary: 0.5, secondary: 0.8, tertiary: 1, residential: 1.6, service: 0.9, pedestrian: 2.2 },
    junctionPause: { chance: 0.12, seconds: [8, 45] },
    sentinelPause: { chance: 0.6, seconds: [40, 150] },
  },
  bike: {
    cruiseMps: [3.2, 5.2],
    accelerationMps2: 0.8,
    cornerMps: 2.2,
    beatM: 650,
    ...phone,
    streets: { primary: 0.7, secondary: 1, tertiary: 1.3, residential: 1.4, service: 0.4, pedestrian: 0.7 },
    junctionPause: { chance: 0.14, seconds: [5, 30] },
    sentinelPause: { chance: 0.35, seconds: [30, 90] },
  },
  car: {
    cruiseMps: [6, 11],
    accelerationMps2: 1.6,
    cornerMps: 3.5,
    beatM: 1300,
    ...wired,
    streets: { primary: 2, secondary: 1.8, tertiary: 1.3, residential: 0.9, service: 0.12, pedestrian: 0 },
    junctionPause: { chance: 0.22, seconds: [6, 32] },
    sentinelPause: { chance: 0.25, seconds: [45, 160] },
  },
};
