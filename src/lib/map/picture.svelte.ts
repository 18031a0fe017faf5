import type { Layer } from '@deck.gl/core';
import { createCallSignsLayer, createGridLabelsLayer, createSentinelLabelsLayer } from '$lib/layers/label-layers.ts';
import { callSigns, callSignZoom, gridLabels, sentinelLabels, type Sight } from '$lib/layers/label-texts.ts';
import { drawSentinelSymbols, drawUnitPictograms } from '$lib/layers/draw-pictograms.ts';
import { createGridAreasLayer, createGridOutlinesLayer, createSelectedGridLayer } from '$lib/layers/grid-layers.ts';
import { createDensityLayer, createIncidentGridsLayer, createIncidentsLayer } from '$lib/layers/incident-layers.ts';
import { MovementExtension, secondsSinceEpoch, type FrameTime } from '$lib/layers/movement.ts';
import { inOrder } from '$lib/layers/order.ts';
import { palettes, type Theme } from '$lib/layers/palette.ts';
import { SentinelClusters } from '$lib/layers/sentinel-clusters.ts';
import { createClusterCountsLayer, createSentinelsLayer } from '$lib/layers/sentinel-layers.ts';
import { createTrackLayer } from '$lib/layers/track-layer.ts';
import { TrailLayers } from '$lib/layers/trail-layers.ts';
import { createUnitMarkersLayer } from '$lib/layers/unit-layers.ts';
import { packLiveUnits, UnitRows } from '$lib/layers/unit-rows.ts';
import type { LngLat } from '$api/positions/contract.ts';
import type { BaseDataState } from '$lib/state/base-data-state.svelte.ts';
import type { ClockState } from '$lib/state/clock-state.svelte.ts';
import type { IncidentState } from '$lib/state/incident-state.svelte.ts';
import type { LayerState } from '$lib/state/layer-state.svelte.ts';
import { progressOf } from '$lib/state/live-units.ts';
import type { SelectionState } from '$lib/state/selection-state.svelte.ts';
import type { TrackState } from '$lib/state/track-state.svelte.ts';
import type { UnitState } from '$lib/state/unit-state.svelte.ts';
import { LabelCharacters } from './label-characters.svelte.ts';
import type { MapExtras } from './map-extras.svelte.ts';
import { nearestIncident } from './nearest-incident.ts';

interface Sources {
  layers: LayerState;
  selection: SelectionState;
  base: BaseDataState;
  units: UnitState;
  clock: ClockState;
  tracks: TrackState;
  incidents: IncidentState;
  extras: MapExtras;
}

const dotsOverHeatZoom = 15;
const noIds: ReadonlySet<string> = new Set();
/** The same each time, so that nothing is made anew for it. */
const none: Layer[] = [];

/** All our layers as the states stand, each made anew only when what it shows changed. */
export class Picture {
  readonly #from: Sources;
  readonly #prefersStill: boolean;
  readonly characters = new LabelCharacters();
  readonly #pictograms = drawUnitPictograms();
  readonly #unitRows = new UnitRows();
  #packedVersion = -1;
  readonly #movement: MovementExtension;
  readonly #trails: TrailLayers;
  #shownCallSigns: ReadonlySet<string> = noIds;
  #theme = $state<Theme>('light');
  #sight = $state.raw<Sight | undefined>();

  /** Sizes follow the zoom in quarter steps, so that a zoom does not make all layers anew each frame. */
  readonly #sizeZoom = $derived(Math.round((this.#sight?.zoom ?? 0) * 4) / 4);
  readonly #palette = $derived(palettes[this.#theme]);
  readonly #symbols = $derived(drawSentinelSymbols(this.#palette));
  readonly #selected = $derived.by(() => this.#from.selection.current);
  readonly #selectedNumber = $derived.by(() =>
    this.#selected.kind === 'unit' ? this.#from.units.recordOf(this.#selected.id)?.number : undefined,
  );
  readonly #selectedSentinelIds: ReadonlySet<string> = $derived.by(() => {
    if (this.#selected.kind === 'sentinel') return new Set([this.#selected.id]);
    return this.#selected.kind === 'sentinels' ? new Set(this.#selected.ids) : noIds;
  });
  readonly clusters = $derived.by(() => new SentinelClusters(this.#from.base.sentinels));
  readonly #marks = $derived(this.#sight ? this.clusters.marksIn(this.#sight.bbox, this.#sight.zoom) : []);

  readonly #gridLayers: Layer[] = $derived.by(() => {
    const { base, layers } = this.#from;
    if (!layers.isShown('grids')) return [];
    const selected = this.#selected.kind === 'grid' ? base.findGrid(this.#selected.id) : undefined;
    return [
      createGridAreasLayer(base.grids, this.#palette),
      createGridOutlinesLayer(base.grids, this.#palette),
      ...(selected ? [createSelectedGridLayer([selected], this.#palette)] : []),
    ];
  });

  readonly #gridLabels: Layer[] = $derived.by(() => {
    const { base, layers } = this.#from;
    if (!this.#sight || !layers.isShown('grids') || !layers.isShown('labels')) return [];
    const labels = gridLabels(base.grids, this.#sight).filter(({ text }) =>
      this.characters.has(text.replace('\n', '')),
    );
    return [createGridLabelsLayer(labels, this.characters.ready, this.#palette)];
  });

  readonly #sentinelLayers: Layer[] = $derived.by(() => {
    if (!this.#from.layers.isShown('sentinels')) return [];
    return [
      createSentinelsLayer(this.#marks, this.#symbols, this.#sizeZoom, this.#selectedSentinelIds),
      createClusterCountsLayer(this.#marks, this.#palette, this.#sizeZoom),
    ];
  });

  readonly #sentinelLabels: Layer[] = $derived.by(() => {
    const { layers } = this.#from;
    if (!this.#sight || !layers.isShown('sentinels') || !layers.isShown('labels')) return [];
    const labels = sentinelLabels(this.#marks, this.#sight).filter(({ text }) => this.characters.has(text));
    return [createSentinelLabelsLayer(labels, this.characters.ready, this.#palette)];
  });

  readonly #selectedIncident = $derived.by(() => {
    void this.#from.incidents.version;
    return this.#selected.kind === 'incident' ? this.#from.incidents.columns.indexOf(this.#selected.number) : -1;
  });

  /** A carpet of dots would hide the heatmap; near by, both can be read. */
  readonly #hasDots: boolean = $derived.by(() => {
    const { incidents, layers } = this.#from;
    if (incidents.audience !== 'exact' || !layers.isShown('incidents')) return false;
    return incidents.heatM === undefined || this.#sizeZoom >= dotsOverHeatZoom;
  });

  readonly #incidentLayers: Layer[] = $derived.by(() => {
    const { incidents, base, layers } = this.#from;
    if (incidents.audience === 'none' || !layers.isShown('incidents')) return [];
    if (incidents.audience === 'coarse')
      return [createIncidentGridsLayer(base.grids, incidents.countByGrid, this.#palette)];
    const shown = { columns: incidents.columns, version: incidents.version, bounds: incidents.bounds };
    const dots = createIncidentsLayer(shown, {
      palette: this.#palette,
      zoom: this.#sizeZoom,
      selectedIndex: this.#selectedIncident,
      visible: this.#hasDots,
    });
    if (incidents.heatM === undefined) return [dots];
    return [createDensityLayer(shown, incidents.heatM, incidents.thresholds, this.#palette), dots];
  });

  readonly #trackLayers: Layer[] = $derived.by(() => {
    const shown = this.#from.tracks.current;
    return shown.kind === 'shown' ? [createTrackLayer(shown.track, this.#palette)] : [];
  });

  readonly #unitLayers: Layer[] = $derived.by(() => {
    const { layers, units } = this.#from;
    if (!layers.isShown('units')) return [];
    return [
      createUnitMarkersLayer({
        live: units.live,
        readRows: this.#readUnitRows,
        palette: this.#palette,
        zoom: this.#sizeZoom,
        pictograms: this.#pictograms,
        selectedNumber: this.#selectedNumber,
        readFrameTime: this.readFrameTime,
      }),
    ];
  });

  readonly #trailLayers: Layer[] = $derived.by(() => {
    const { layers, units } = this.#from;
    if (!layers.isShown('trails')) return this.#trails.none();
    void units.version;
    return this.#trails.layersOf(units.trails, this.#palette, this.#sizeZoom);
  });

  readonly #callSigns: Layer[] = $derived.by(() => {
    const { layers, units, clock } = this.#from;
    if (!this.#sight || !layers.isShown('units') || !layers.isShown('labels')) return none;
    if (this.#sight.zoom < callSignZoom && this.#selectedNumber === undefined) return none;
    void units.version;
    const options = { selectedNumber: this.#selectedNumber, nowMs: clock.readNowMs(), shown: this.#shownCallSigns };
    const signs = callSigns(units.live, (number) => units.findByNumber(number), this.#sight, options).filter(
      ({ text }) => this.characters.has(text),
    );
    this.#shownCallSigns = new Set(signs.map(({ id }) => id));
    return [createCallSignsLayer(signs, this.characters.ready, this.#palette, this.#movement)];
  });

  readonly #extraLayers: Layer[] = $derived.by(() => {
    const drawing = {
      palette: this.#palette,
      theme: this.#theme,
      zoom: this.#sizeZoom,
      characters: { has: (text: string) => this.characters.has(text), ready: this.characters.ready },
    };
    return this.#from.extras.all.flatMap((extra) => extra.layers(drawing));
  });

  readonly layers: Layer[] = $derived.by(() =>
    inOrder([
      ...this.#extraLayers,
      ...this.#gridLayers,
      ...this.#incidentLayers,
      ...this.#trackLayers,
      ...this.#trailLayers,
      ...this.#gridLabels,
      ...this.#sentinelLayers,
      ...this.#sentinelLabels,
      ...this.#unitLayers,
      ...this.#callSigns,
    ]),
  );

  constructor(from: Sources, prefersStill: boolean) {
    this.#from = from;
    this.#prefersStill = prefersStill;
    this.#movement = new MovementExtension({ readFrameTime: this.readFrameTime });
    this.#trails = new TrailLayers(this.readFrameTime);
  }

  /** Every text that may stand on the map, for its font. */
  texts(): string[] {
    const { base, units, extras } = this.#from;
    return [
      '0123456789',
      ...base.grids.flatMap(({ properties }) => [properties.number, properties.officer ?? '']),
      ...base.sentinels.map(({ properties }) => properties.name),
      ...units.list.map(({ callSign }) => callSign),
      ...extras.all.flatMap((extra) => extra.texts?.() ?? []),
    ];
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
  }

  look(sight: Sight): void {
    this.#sight = sight;
  }

  /** The units of the newest tick, packed by the first frame that draws them. */
  readonly #readUnitRows = (): UnitRows => {
    const { live, version } = this.#from.units;
    if (version !== this.#packedVersion) packLiveUnits(live, this.#unitRows);
    this.#packedVersion = version;
    return this.#unitRows;
  };

  readonly incidentNear = (place: LngLat, zoom: number, reachPx: number): number => {
    const { columns, bounds } = this.#from.incidents;
    return this.#hasDots ? nearestIncident(columns, bounds, place, zoom, reachPx) : -1;
  };

  readonly readFrameTime = (): FrameTime => {
    const { units, clock } = this.#from;
    return {
      progress: this.#prefersStill ? 1 : progressOf(units.tickedAtMs, performance.now()),
      nowS: secondsSinceEpoch(clock.readNowMs()),
      tickS: secondsSinceEpoch(units.serverTickMs),
    };
  };
}
