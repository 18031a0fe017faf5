import type { FixReport, UnitKind } from '../../positions/contract.ts';
import { FlightPatrol } from './flight-patrol.ts';
import { generateTown } from './generate-town.ts';
import { toLngLat, toPoint, type LngLat } from './ground.ts';
import { deviceName, kindOf } from './patrol-units.ts';
import { findNearestPlace, makePatrolNetwork } from './patrol-network.ts';
import { centroidOf, distanceM, isInside, type Point } from './plane.ts';
import { Random } from './random.ts';
import { drawStationRows } from './station-rows.ts';
import { StreetPatrol, type Patrol } from './street-patrol.ts';
import type { Town } from './town.ts';
import { unitHabits } from './unit-habits.ts';

export interface FleetOptions {
  count: number;
  seed: number;
  /** Begins the device's name: `demo-` gives demo-01 … */
  prefix?: string;
  /** Where the server saw unit n last; the others begin in the grids, one after the other. */
  lastSeen?: ReadonlyMap<number, LngLat>;
  /** The town they move in, when it is drawn already. */
  town?: Town;
}

interface FleetUnit {
  device: string;
  kind: UnitKind;
  patrol: Patrol;
  random: Random;
  lastMs: number | undefined;
  /** How far the receiver is off, m. It drifts; it does not jump. */
  offM: [x: number, y: number];
  qualityM: number;
  batteryPct: number;
  isCharging: boolean;
}

/** Battery and receiver of the UAV; the habits of the others are those of their kind. */
const uavDrain = { drainPctPerS: 1 / 16, chargePctPerS: 1 / 3 };

/** Simulated units of the demo town. Motion only: who sends their fixes, and where to, is `run-simulator.ts`. */
export class Fleet {
  readonly #units: FleetUnit[];

  constructor({ count, seed, prefix = 'demo-', lastSeen, town = generateTown() }: FleetOptions) {
    const network = makePatrolNetwork(town);
    const sentinels = drawStationRows(town, 1).sentinels.map(({ lngLat }) => toPoint(lngLat));
    const atSentinel = new Set(
      network.nodes.flatMap((node, i) => (sentinels.some((point) => distanceM(point, node) < 60) ? [i] : [])),
    );
    const nodesByGrid = town.grids.map((grid) => network.nodes.flatMap((node, i) => (isInside(grid, node) ? [i] : [])));
    this.#units = Array.from({ length: count }, (_, i): FleetUnit => {
      const number = i + 1;
      const random = new Random(`${seed}/unit/${number}`);
      const kind = kindOf(number);
      const seen = lastSeen?.get(number);
      const near = seen && toPoint(seen);
      const home = network.nodes[startNode(nodesByGrid, i, random)] as Point;
      return {
        device: deviceName(number, prefix),
        kind,
        patrol:
          kind === 'uav'
            ? new FlightPatrol(
                centroidOf(town.boundary),
                [random.between(700, 1000), random.between(500, 700)],
                random,
                near,
              )
            : new StreetPatrol(network, unitHabits[kind], random, {
                home,
                start: findNearestPlace(network, near ?? home),
                isSentinelNode: (node) => atSentinel.has(node),
              }),
        random,
        lastMs: undefined,
        offM: [random.normal(0, 2), random.normal(0, 2)],
        qualityM: random.between(2, 4),
        batteryPct: random.between(35, 100),
        isCharging: false,
      };
    });
  }

  get count(): number {
    return this.#units.length;
  }

  deviceOf(index: number): string {
    return this.#units[index]?.device ?? '';
  }

  /** Moves one unit on to a moment and says what its device would report then. */
  fixAt(index: number, atMs: number): FixReport {
    const unit = this.#units[index];
    if (!unit) throw new RangeError(`got unit ${index}, expected one of 0 … ${this.#units.length - 1}`);
    const seconds = unit.lastMs === undefined ? 0 : Math.max(0, (atMs - unit.lastMs) / 1000);
    unit.lastMs = atMs;
    unit.patrol.step(Math.min(seconds, 600));
    wear(unit, seconds);
    const { point, speedMps, headingDeg, altitudeM } = unit.patrol.motion;
    const [lng, lat] = toLngLat([point[0] + unit.offM[0], point[1] + unit.offM[1]]);
    return {
      device: unit.device,
      at: new Date(atMs).toISOString(),
      lngLat: [round(lng, 6), round(lat, 6)],
      accuracyM: round(unit.qualityM * 1.4, 1),
      speedMps: round(Math.max(0, speedMps), 2),
      headingDeg: round(headingDeg, 1) % 360,
      ...(altitudeM !== undefined && { altitudeM }),
      batteryPct: Math.round(unit.batteryPct),
    };
  }
}

function wear(unit: FleetUnit, seconds: number): void {
  const { random, offM } = unit;
  // A first-order drift with a time of a minute: 2–5 m off, decimetres from one second to the next.
  const keep = Math.exp(-seconds / 60);
  const spread = unit.qualityM * Math.sqrt(1 - keep * keep) * 0.75;
  offM[0] = offM[0] * keep + random.normal(0, spread);
  offM[1] = offM[1] * keep + random.normal(0, spread);
  const { drainPctPerS, chargePctPerS } = unit.kind === 'uav' ? uavDrain : unitHabits[unit.kind];
  unit.batteryPct += (unit.isCharging ? chargePctPerS : -drainPctPerS) * seconds;
  if (unit.batteryPct < 15) unit.isCharging = true;
  if (unit.batteryPct >= 100) unit.isCharging = false;
  unit.batteryPct = Math.min(100, Math.max(1, unit.batteryPct));
}

function startNode(nodesByGrid: readonly number[][], index: number, random: Random): number {
  for (let i = 0; i < nodesByGrid.length; i++) {
    const nodes = nodesByGrid[(index + i) % nodesByGrid.length] ?? [];
    if (nodes.length > 0) return random.pick(nodes);
  }
  return 0;
}

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
