import type { Layer } from '@deck.gl/core';
import { drawUnitPictograms } from '$lib/layers/draw-pictograms.ts';
import { createCallSignsLayer } from '$lib/layers/label-layers.ts';
import { callSigns } from '$lib/layers/label-texts.ts';
import { MovementExtension } from '$lib/layers/movement.ts';
import { placeOf, type LayerId } from '$lib/layers/order.ts';
import { packReplayPlaces } from '$lib/layers/replay-columns.ts';
import {
  createFlashesLayer,
  createReplayIncidentsLayer,
  createReplayMarkersLayer,
  createReplayTrailsLayer,
  hasPlace,
  readStill,
} from '$lib/layers/replay-layers.ts';
import { UnitRows } from '$lib/layers/unit-rows.ts';
import type { LayerState } from '$lib/state/layer-state.svelte.ts';
import { countUntil, type ReplayEvent } from '$lib/state/replay-events.ts';
import type { ReplayState } from '$lib/state/replay-state.svelte.ts';
import type { ViewState } from '$lib/state/view-state.svelte.ts';
import type { Drawing, MapExtra } from './map-extras.svelte.ts';

interface Sources {
  replay: ReplayState;
  layers: LayerState;
  view: ViewState;
}

/** So many real seconds a new incident is pointed out, and at least so many of the replay's. */
const flashWallS = 2;
const flashS = 20;
/** With more units than this only the followed one is named: placing names costs more than drawing units. */
const mostNamed = 300;

/** What the map shows of the past, over its own ground: units and their trails, incidents. */
export class ReplayPicture implements MapExtra {
  readonly pickable: readonly LayerId[] = ['replay-markers', 'replay-incidents'];
  readonly #from: Sources;
  readonly #sayEvent: (event: ReplayEvent) => string;
  readonly #pictograms = drawUnitPictograms();
  readonly #rows = new UnitRows();
  readonly #movement = new MovementExtension({ readFrameTime: readStill });
  #shownCallSigns: ReadonlySet<string> = new Set();

  readonly #incidents = $derived.by(() =>
    this.#from.replay.events.filter(({ kind }) => kind === 'incident').filter(hasPlace),
  );
  readonly #happenedCount = $derived.by(() => countUntil(this.#incidents, this.#from.replay.atMs));
  readonly #happened = $derived(this.#incidents.slice(0, this.#happenedCount));
  readonly #unitAt = $derived.by(() => new Map(this.#from.replay.units.map((unit) => [unit.number, unit])));
  readonly #followedAt = $derived.by(() =>
    this.#from.replay.units.findIndex(({ number }) => number === this.#from.replay.follow),
  );

  constructor(from: Sources, sayEvent: (event: ReplayEvent) => string) {
    this.#from = from;
    this.#sayEvent = sayEvent;
  }

  layers(drawing: Drawing): Layer[] {
    const { replay, layers } = this.#from;
    // Everything below is written over in place for each moment.
    void replay.version;
    return [
      ...(layers.isShown('incidents') ? this.#incidentLayers(drawing) : []),
      ...(layers.isShown('trails') ? [createReplayTrailsLayer(replay.trails, drawing)] : []),
      ...(layers.isShown('units') ? this.#unitLayers(drawing) : []),
    ];
  }

  texts(): string[] {
    return this.#from.replay.units.map(({ callSign }) => callSign);
  }

  onpick(layerId: string, object: unknown, index: number): void {
    const { replay } = this.#from;
    if (layerId === 'replay-markers') {
      const number = replay.places.numbers[index];
      if (index >= 0 && index < replay.places.count) replay.followUnit(replay.follow === number ? undefined : number);
    } else if (layerId === 'replay-incidents') replay.seek((object as ReplayEvent).atMs);
  }

  describe(layerId: string, object: unknown, index: number): string | undefined {
    const { replay } = this.#from;
    if (layerId === 'replay-incidents') return this.#sayEvent(object as ReplayEvent);
    const number = replay.places.numbers[index];
    return number === undefined ? undefined : this.#unitAt.get(number)?.callSign;
  }

  #unitLayers(drawing: Drawing): Layer[] {
    const { replay, layers, view } = this.#from;
    const { places, follow, units } = replay;
    const markers = createReplayMarkersLayer(packReplayPlaces(places, this.#rows), {
      ...drawing,
      pictograms: this.#pictograms,
      selectedSlot: places.slotOf(this.#followedAt),
    });
    const { bbox, current } = view;
    if (!layers.isShown('labels') || !bbox || !current) return [markers];
    const recordOf = (number: number) =>
      units.length <= mostNamed || number === follow ? this.#unitAt.get(number) : undefined;
    // Ages are those of the moment.
    const observedAtMs = places.agesMs.map((ageMs) => -ageMs);
    const signs = callSigns(
      { ...columnsOf(places), observedAtMs },
      recordOf,
      { zoom: drawing.zoom, bearingDeg: current.bearingDeg, bbox },
      { selectedNumber: follow, nowMs: 0, shown: this.#shownCallSigns },
    ).filter(({ text }) => drawing.characters.has(text));
    this.#shownCallSigns = new Set(signs.map(({ id }) => id));
    const named = createCallSignsLayer(signs, drawing.characters.ready, drawing.palette, this.#movement);
    // The live map's own layer of names stands there too, and is empty.
    return [markers, named.clone(placeOf('replay-call-signs'))];
  }

  #incidentLayers(drawing: Drawing): Layer[] {
    const { replay } = this.#from;
    const lastsMs = 1000 * Math.max(flashS, flashWallS * replay.speed);
    const first = countUntil(this.#happened, replay.atMs - lastsMs);
    const fresh = this.#happened
      .slice(first)
      .map((event) => ({ event, age: Math.min(1, (replay.atMs - event.atMs) / lastsMs) }));
    return [createReplayIncidentsLayer(this.#happened, drawing), createFlashesLayer(fresh, drawing)];
  }
}

const columnsOf = ({ count, current, numbers, kinds }: ReplayState['places']) => ({
  count,
  current,
  previous: current,
  numbers,
  kinds,
});
