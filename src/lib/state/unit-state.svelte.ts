import { createContext } from 'svelte';
import type { LngLat } from '$api/positions/contract.ts';
import { staleAfterS, type Unit } from '$api/units/contract.ts';
import type { ClockState } from './clock-state.svelte.ts';
import { LiveUnits, progressOf, type LivePosition } from './live-units.ts';
import { Trails } from './trails.ts';
import { failedAfter, latestOf, loadingAfter, type Failure, type Loadable } from './loadable.ts';

/** A unit with its newest position, live where there is one. `ageS` undefined: it never reported. */
export interface UnitNow extends Omit<Unit, 'at' | 'lngLat'> {
  lngLat: LngLat | undefined;
  atMs: number | undefined;
  ageS: number | undefined;
}

/** How the live connection stands, for the top bar. */
export interface Connection {
  /** `off`: this account sees nobody's whereabouts, so that there is nothing to connect to. */
  kind: 'connecting' | 'live' | 'waiting' | 'off';
  sinceMs: number;
  /** Server time of the newest tick, undefined before the first. */
  lastTickAtMs: number | undefined;
}

/** The station's units: who they are, where they are now, and how old that is. */
export class UnitState {
  #units = $state.raw<Loadable<readonly Unit[]>>({ kind: 'idle' });
  #connection = $state.raw<Connection>({ kind: 'connecting', sinceMs: Date.now(), lastTickAtMs: undefined });
  #version = $state(0);
  #tickedAtMs = -Infinity;
  #serverTickMs = 0;
  readonly #clock: ClockState;

  /** The typed arrays behind the map; read them after `version`, which rises once per published tick. */
  readonly live = new LiveUnits();
  /** The recent way of each unit in `live`. */
  readonly trails = new Trails();

  readonly list: readonly Unit[] = $derived(latestOf(this.#units) ?? []);
  readonly #byId = $derived(new Map(this.list.map((unit) => [unit.id, unit])));
  readonly #byNumber = $derived(new Map(this.list.map((unit) => [unit.number, unit])));

  /** Every unit with its newest position and age; for the table and the lists, computed only while someone reads it. */
  readonly now: readonly UnitNow[] = $derived.by(() => {
    void this.#version;
    return this.list.map((unit) => this.#withPosition(unit, this.#clock.nowMs));
  });
  /** On duty and silent for longer than its kind may be, oldest first. */
  readonly stale: readonly UnitNow[] = $derived(
    this.now
      .filter(({ stale, dutyState }) => stale && dutyState === 'on')
      .toSorted((a, b) => (b.ageS ?? Infinity) - (a.ageS ?? Infinity)),
  );

  constructor(clock: ClockState) {
    this.#clock = clock;
  }

  get status(): Loadable<readonly Unit[]> {
    return this.#units;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get version(): number {
    return this.#version;
  }

  /** When the newest tick came, by `performance.now()`; not reactive. */
  get tickedAtMs(): number {
    return this.#tickedAtMs;
  }

  /** Server time of the newest tick, ms; not reactive. */
  get serverTickMs(): number {
    return this.#serverTickMs;
  }

  /** Age of the newest tick in seconds: how old the whole picture is. Undefined before the first tick. */
  get dataAgeS(): number | undefined {
    const { lastTickAtMs } = this.#connection;
    return lastTickAtMs === undefined ? undefined : Math.max(0, (this.#clock.nowMs - lastTickAtMs) / 1000);
  }

  /** The unit with its position now; undefined: no such unit. */
  find(id: string): UnitNow | undefined {
    void this.#version;
    const unit = this.#byId.get(id);
    return unit && this.#withPosition(unit, this.#clock.nowMs);
  }

  /** The unit's record alone, which changes seldom; undefined: no such unit. */
  recordOf(id: string): Unit | undefined {
    return this.#byId.get(id);
  }

  /** The unit of a live frame's number; undefined while its record has not come. */
  findByNumber(number: number): Unit | undefined {
    return this.#byNumber.get(number);
  }

  /** Live position of a unit, undefined when none of its fixes is in sight. */
  positionOf(unit: Pick<Unit, 'number'>): LivePosition | undefined {
    void this.#version;
    const slot = this.live.slotOf(unit.number);
    return slot === undefined ? undefined : this.live.read(slot);
  }

  /** Another station: nothing of the last one stays on the map. */
  clear(): void {
    this.#units = { kind: 'idle' };
    this.live.clear();
    this.trails.clear();
    this.#connection = { kind: 'connecting', sinceMs: Date.now(), lastTickAtMs: undefined };
    this.#version++;
  }

  loading(): void {
    this.#units = loadingAfter(this.#units);
  }

  loaded(units: readonly Unit[]): void {
    this.#units = { kind: 'ready', value: units };
  }

  failed(failure: Failure): void {
    this.#units = failedAfter(this.#units, failure);
  }

  /** Whereabouts are not for this account. */
  connectionOff(): void {
    this.#connection = { kind: 'off', sinceMs: Date.now(), lastTickAtMs: undefined };
  }

  connectionChanged(connection: Connection): void {
    this.#connection = connection;
  }

  /** One tick of the server: `change` writes into the columns, then everyone is told once. */
  tick(serverTimeMs: number, change: (live: LiveUnits) => void): void {
    const nowMs = performance.now();
    this.live.settle(progressOf(this.#tickedAtMs, nowMs));
    change(this.live);
    this.trails.record(this.live, serverTimeMs);
    this.#tickedAtMs = nowMs;
    this.#serverTickMs = serverTimeMs;
    this.#version++;
  }

  #withPosition(unit: Unit, nowMs: number): UnitNow {
    const position = this.positionOf(unit);
    const atMs = position?.observedAtMs ?? (unit.at === null ? undefined : Date.parse(unit.at));
    const ageS = atMs === undefined ? undefined : Math.max(0, (nowMs - atMs) / 1000);
    return {
      ...unit,
      lngLat: position?.lngLat ?? unit.lngLat ?? undefined,
      headingDeg: position ? (position.headingDeg ?? null) : unit.headingDeg,
      atMs,
      ageS,
      stale: ageS === undefined || ageS > staleAfterS[unit.kind],
    };
  }
}

export const [getUnitState, setUnitState] = createContext<UnitState>();
