import type { AlertSeverity } from '../../alerts/contract.ts';
import type { UnitKind } from '../../positions/contract.ts';
import { toLngLat, type LngLat } from './ground.ts';
import { demoId } from './ids.ts';
import {
  between,
  centroidOf,
  distanceM,
  distanceToLine,
  distanceToRing,
  offsetLine,
  type Point,
  type Ring,
} from './plane.ts';
import type { BlockUse, Town } from './town.ts';

export interface GeofenceRow {
  id: string;
  name: string;
  severity: AlertSeverity;
  onEnter: boolean;
  dwellMinutes: number | null;
  /** Empty: all. */
  unitKinds: UnitKind[];
  /** From and to, by the station's clock; null: always. */
  hours: [from: string, to: string] | null;
  ring: LngLat[];
}

/** The street around a school belongs to its surroundings. */
const schoolMarginM = 25;
/** Bridges and the streets that lead to them are no embankment. */
const bridgeClearanceM = 60;
/** The street on top of the embankment lies beyond its edge. */
const bankM = 10;

/** Geofences as a station sets them, none of which a patrol in its streets crosses all the time. */
export function drawGeofences(town: Town): GeofenceRow[] {
  const school = blockOf(town, 'school');
  const bars = blockOf(town, 'bars');
  const fence = (
    number: number,
    name: string,
    ring: Ring,
    more: Omit<GeofenceRow, 'id' | 'name' | 'ring'>,
  ): GeofenceRow => {
    const lngLats = ring.map(toLngLat);
    return { id: demoId(`geofence/${number}`), name, ring: [...lngLats, lngLats[0] as LngLat], ...more };
  };
  return [
    fence(1, `${school.name?.name ?? '学校'}周边`, widen(school.ring, schoolMarginM), {
      severity: 'notice',
      onEnter: false,
      dwellMinutes: 30,
      unitKinds: [],
      hours: null,
    }),
    fence(2, `${town.riverName.name}河堤（汛期禁入）`, riverbank(town), {
      severity: 'warning',
      onEnter: true,
      dwellMinutes: null,
      // The UAV is there to look at the river.
      unitKinds: ['foot', 'bike', 'car'],
      hours: null,
    }),
    fence(3, `${bars.name?.name ?? '酒吧街'}（夜间禁车）`, bars.ring, {
      severity: 'notice',
      onEnter: true,
      dwellMinutes: null,
      unitKinds: ['car'],
      hours: ['20:00', '02:00'],
    }),
  ];
}

/** The one nearest to the middle of the town. */
function blockOf(town: Town, use: BlockUse) {
  const [nearest] = town.blocks
    .filter((block) => block.use === use && block.name)
    .toSorted((a, b) => distanceM([0, 0], centroidOf(a.ring)) - distanceM([0, 0], centroidOf(b.ring)));
  if (!nearest) throw new Error(`got a town without ${use}, expected one at least`);
  return nearest;
}

/** Each corner so much farther from the middle. */
function widen(ring: Ring, byM: number): Ring {
  const middle = centroidOf(ring);
  return ring.map((corner): Point => between(middle, corner, 1 + byM / distanceM(middle, corner)));
}

/** The river with its banks, from one bridge to the next, nearest to the middle of the town. */
function riverbank(town: Town): Ring {
  const bridges = town.streets.filter(({ bridge }) => bridge);
  const isFree = (point: Point): boolean =>
    bridges.every(({ points }) => distanceToLine(point, points) > bridgeClearanceM);
  const runs: Point[][] = [[]];
  for (const point of town.riverMiddle) {
    if (isFree(point)) runs.at(-1)!.push(point);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  const distanceOf = (run: readonly Point[]): number => distanceToLine([0, 0], run);
  const [run = []] = runs.filter(({ length }) => length > 2).toSorted((a, b) => distanceOf(a) - distanceOf(b));
  const halfM = (at: number): number => distanceToRing(run[at] as Point, town.river) + bankM;
  return [...offsetLine(run, halfM), ...offsetLine(run, (at) => -halfM(at)).toReversed()];
}
