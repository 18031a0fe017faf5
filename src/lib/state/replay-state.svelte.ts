import { createContext } from 'svelte';
import type { TrackedUnit } from '$api/tracks/contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
import { Listeners } from './listeners.ts';
import type { Failure } from './loadable.ts';
import { ReplayClock, replaySpeeds, type ReplaySpeed } from './replay-clock.ts';
import { eventAfter, eventBefore, type ReplayEvent } from './replay-events.ts';
import { placesAt, ReplayPlaces } from './replay-places.ts';
import type { ReplayTracks } from './replay-tracks.ts';
import { ReplayTrails, trailsAt } from './replay-trails.ts';
import type { ReplayUrl } from './replay-url.ts';
import { trailLifeMs } from './trails.ts';

export interface Period {
  from: number;
  to: number;
}

/** How the period that was asked for stands. */
export type ReplayStatus =
  | { kind: 'choosing' }
  | { kind: 'loading'; read: number; of: number }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ready' };

/** A part of the past on the screen: one clock, what was where at its moment, and what happened. */
export class ReplayState {
  #status = $state.raw<ReplayStatus>({ kind: 'choosing' });
  #period = $state.raw<Period>();
  #asked = $state.raw<readonly number[]>();
  #tracks = $state.raw<ReplayTracks>();
  #events = $state.raw<readonly ReplayEvent[]>([]);
  #eventsFailure = $state.raw<Failure>();
  #hasAllEvents = $state(true);
  #hidden = $state.raw<ReadonlySet<number>>(new Set());
  #atMs = $state(0);
  #isPlaying = $state(false);
  #speed = $state<ReplaySpeed>(1);
  #follow = $state<number>();
  #version = $state(0);
  #clock = new ReplayClock(0, 0);
  #places = new ReplayPlaces(0);
  readonly #trails = new ReplayTrails();
  /** Told when a person changed what belongs into the address. */
  readonly changes = new Listeners<ReplayUrl>();

  readonly #chosen: ReadonlySet<number> | undefined = $derived(
    this.#hidden.size === 0
      ? undefined
      : new Set(this.units.map(({ number }) => number).filter((number) => !this.#hidden.has(number))),
  );
  readonly followed: TrackedUnit | undefined = $derived(this.units.find(({ number }) => number === this.#follow));
  /** When the followed unit was silent for too long. */
  readonly gaps: readonly [fromMs: number, toMs: number][] = $derived.by(() => {
    const tracks = this.#tracks;
    const period = this.#period;
    if (!tracks || !period || this.#follow === undefined) return [];
    const unit = tracks.indexOf(this.#follow);
    if (unit < 0) return [];
    return tracks
      .gapsOf(unit, period.to - period.from)
      .map(([from, to]) => [from + period.from, to + period.from] as [number, number]);
  });

  constructor({ period, atMs, speed, units, follow }: ReplayUrl) {
    this.#period = period;
    this.#asked = units;
    this.#speed = speed;
    this.#follow = follow;
    this.#atMs = atMs ?? period?.from ?? 0;
  }

  get status(): ReplayStatus {
    return this.#status;
  }

  get period(): Period | undefined {
    return this.#period;
  }

  /** Numbers of the units that were asked for; undefined: all. */
  get asked(): readonly number[] | undefined {
    return this.#asked;
  }

  get units(): readonly TrackedUnit[] {
    return this.#tracks?.units ?? [];
  }

  get fixCount(): number {
    return this.#tracks?.count ?? 0;
  }

  get events(): readonly ReplayEvent[] {
    return this.#events;
  }

  /** Why there are none; undefined: they came. */
  get eventsFailure(): Failure | undefined {
    return this.#eventsFailure;
  }

  get hasAllEvents(): boolean {
    return this.#hasAllEvents;
  }

  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  /** The moment that is shown. */
  get atMs(): number {
    return this.#atMs;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  get speed(): ReplaySpeed {
    return this.#speed;
  }

  get follow(): number | undefined {
    return this.#follow;
  }

  /** Rises with every moment that is shown; read `places` and `trails` after it. */
  get version(): number {
    return this.#version;
  }

  get places(): ReplayPlaces {
    return this.#places;
  }

  get trails(): ReplayTrails {
    return this.#trails;
  }

  /** Where the followed unit is at the moment; undefined: nobody knows, or none is followed. Not reactive. */
  get middle(): LngLat | undefined {
    if (this.#follow === undefined || !this.#tracks) return undefined;
    const slot = this.#places.slotOf(this.#tracks.indexOf(this.#follow));
    return slot < 0 ? undefined : [this.#places.current[2 * slot]!, this.#places.current[2 * slot + 1]!];
  }

  /** Another period, or other units: what was shown of the last goes at once. */
  ask(period: Period, units: readonly number[] | undefined): void {
    const isAnother = period.from !== this.#period?.from || period.to !== this.#period.to;
    this.#period = period;
    this.#asked = units;
    if (isAnother) this.#atMs = period.from;
    if (this.#follow !== undefined && units && !units.includes(this.#follow)) this.#follow = undefined;
    this.clear();
    this.#tell();
  }

  clear(): void {
    this.#status = { kind: 'choosing' };
    this.#tracks = undefined;
    this.#events = [];
    this.#eventsFailure = undefined;
    this.#isPlaying = false;
    this.#places = new ReplayPlaces(0);
    this.#trails.count = 0;
    this.#version++;
  }

  loading(read = 0, of = 0): void {
    this.#status = { kind: 'loading', read, of };
  }

  failed(failure: Failure): void {
    this.#status = { kind: 'failed', failure };
  }

  loaded(tracks: ReplayTracks): void {
    const { from, to } = this.#period!;
    this.#tracks = tracks;
    this.#places = new ReplayPlaces(tracks.units.length);
    this.#hidden = new Set();
    this.#clock = new ReplayClock(from, to, Math.min(to, Math.max(from, this.#atMs)), this.#speed);
    this.#status = { kind: 'ready' };
    this.show(performance.now());
    this.#tell();
  }

  happened(events: readonly ReplayEvent[], isWhole: boolean): void {
    this.#events = events;
    this.#hasAllEvents = isWhole;
    this.#eventsFailure = undefined;
  }

  eventsFailed(failure: Failure): void {
    this.#eventsFailure = failure;
  }

  /** Shows the clock's moment; call it for each frame while it plays. */
  show(wallMs: number): void {
    const tracks = this.#tracks;
    if (!tracks) return;
    const atMs = this.#clock.read(wallMs);
    if (this.#clock.isPlaying && atMs >= this.#clock.to) {
      this.#clock.pause(wallMs);
      this.#isPlaying = false;
      this.#tell();
    }
    this.#atMs = atMs;
    placesAt(tracks, atMs - tracks.from, this.#places, this.#chosen);
    trailsAt(tracks, this.#places, atMs - tracks.from, trailLifeMs, this.#trails);
    this.#version++;
  }

  toggle(): void {
    const wallMs = performance.now();
    if (this.#clock.isPlaying) this.#clock.pause(wallMs);
    else if (this.#tracks) this.#clock.play(wallMs);
    this.#isPlaying = this.#clock.isPlaying;
    this.show(wallMs);
    this.#tell();
  }

  setSpeed(speed: ReplaySpeed): void {
    this.#clock.setSpeed(speed, performance.now());
    this.#speed = speed;
    this.#tell();
  }

  /** The next faster (1) or slower (-1) speed. */
  shiftSpeed(by: 1 | -1): void {
    const next = replaySpeeds[replaySpeeds.indexOf(this.#speed) + by];
    if (next !== undefined) this.setSpeed(next);
  }

  seek(atMs: number): void {
    const wallMs = performance.now();
    this.#clock.seek(atMs, wallMs);
    this.show(wallMs);
    this.#tell();
  }

  /** To the next event (1) or the one before (-1). @returns it; undefined: there is none */
  step(by: 1 | -1): ReplayEvent | undefined {
    const event = by === 1 ? eventAfter(this.#events, this.#atMs) : eventBefore(this.#events, this.#atMs);
    if (event) this.seek(event.atMs);
    return event;
  }

  /** @param number undefined: none */
  followUnit(number: number | undefined): void {
    this.#follow = number;
    if (number !== undefined) this.#hidden = new Set([...this.#hidden].filter((hidden) => hidden !== number));
    this.show(performance.now());
    this.#tell();
  }

  hide(numbers: ReadonlySet<number>): void {
    this.#hidden = numbers;
    if (this.#follow !== undefined && numbers.has(this.#follow)) this.#follow = undefined;
    this.show(performance.now());
    this.#tell();
  }

  /** What stands in the address, as it is now. */
  read(): ReplayUrl {
    return {
      period: this.#period,
      atMs: this.#atMs,
      speed: this.#speed,
      units: this.#asked,
      follow: this.#follow,
    };
  }

  #tell(): void {
    this.changes.tell(this.read());
  }
}

export const [getReplayState, setReplayState] = createContext<ReplayState>();
