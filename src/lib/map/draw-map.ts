import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { FeatureCollection, LineString, Point, Polygon } from 'geojson';
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  TerraDrawSessionUndoRedo,
  ValidateNotSelfIntersecting,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { Bbox, LngLat } from '$api/positions/contract.ts';

setWorkerUrl(workerUrl);

export type Drawn = Polygon | Point | LineString;

interface DrawMapOptions {
  container: HTMLElement;
  style: StyleSpecification;
  bbox: Bbox | undefined;
  /** 'none': what is there is looked at only. */
  kind: Drawn['type'] | 'none';
  /** What is there already and is changed; undefined: it is yet to be drawn. */
  initial: Drawn | undefined;
  /** What lies around it, to draw along. */
  around: FeatureCollection;
  colours: { around: string; misfit: string };
  ondrawn(drawn: Drawn): void;
  /** The map takes the pointer from now on. */
  onready(): void;
}

const coordinatePrecision = 7;
const modes = { Polygon: 'polygon', Point: 'point', LineString: 'linestring' } as const;

/** A map to draw one area or one point on. Its own small map: the live one goes on showing what is true. */
export class DrawMap {
  readonly #map: MapLibreMap;
  readonly #options: DrawMapOptions;
  #draw: TerraDraw | undefined;

  /** @throws when the browser gives no WebGL 2. */
  constructor(options: DrawMapOptions) {
    this.#options = options;
    const { container, style, bbox } = options;
    this.#map = new MapLibreMap({ container, style, attributionControl: false, maxZoom: 20, dragRotate: false });
    if (bbox) this.#map.fitBounds(bbox, { padding: 40, animate: false, maxZoom: 17 });
    this.#map.once('style.load', () => this.#start());
  }

  /** Where grids do not fit together. */
  showMisfits(places: readonly LngLat[]): void {
    this.#map.getSource<GeoJSONSource>('misfits')?.setData(pointsAt(places));
  }

  /** Takes what was typed instead of drawn. */
  replace(drawn: Drawn): void {
    if (!this.#draw) return;
    this.#draw.clear();
    this.#put(drawn);
  }

  undo(): void {
    this.#draw?.undo();
    this.#tell();
  }

  redo(): void {
    this.#draw?.redo();
    this.#tell();
  }

  fly(lngLat: LngLat): void {
    this.#map.easeTo({ center: lngLat, zoom: Math.max(this.#map.getZoom(), 17) });
  }

  destroy(): void {
    this.#draw?.stop();
    this.#map.remove();
  }

  #start(): void {
    const { around, initial, colours } = this.#options;
    this.#map.addSource('around', { type: 'geojson', data: around });
    this.#map.addLayer({
      id: 'around',
      type: 'line',
      source: 'around',
      paint: { 'line-color': colours.around, 'line-width': 1.5 },
    });
    this.#map.addSource('misfits', { type: 'geojson', data: pointsAt([]) });
    const draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: this.#map, coordinatePrecision }),
      modes: [
        new TerraDrawPolygonMode({
          validation: (feature, { updateType }) =>
            updateType === 'finish' ? ValidateNotSelfIntersecting(feature) : { valid: true },
        }),
        new TerraDrawPointMode({ editable: true }),
        new TerraDrawLineStringMode(),
        new TerraDrawSelectMode({
          flags: {
            polygon: {
              feature: { draggable: false, coordinates: { midpoints: true, draggable: true, deletable: true } },
            },
            point: { feature: { draggable: true } },
            linestring: {
              feature: { draggable: false, coordinates: { midpoints: true, draggable: true, deletable: true } },
            },
          },
        }),
      ],
      undoRedo: { sessionLevel: new TerraDrawSessionUndoRedo() },
    });
    this.#draw = draw;
    draw.start();
    draw.on('finish', () => {
      this.#keepOne();
      this.#tell();
      this.#select();
    });
    if (initial) this.#put(initial);
    else if (this.#options.kind !== 'none') draw.setMode(modes[this.#options.kind]);
    // Above what is drawn, so that what does not fit is never hidden.
    this.#map.addLayer({
      id: 'misfits',
      type: 'circle',
      source: 'misfits',
      paint: {
        'circle-color': colours.misfit,
        'circle-radius': 7,
        'circle-stroke-width': 2,
        'circle-stroke-color': '#ffffff',
      },
    });
    this.#options.onready();
  }

  #put(drawn: Drawn): void {
    const properties = { mode: modes[drawn.type] };
    this.#draw?.addFeatures([{ type: 'Feature', geometry: roundOff(drawn), properties }]);
    this.#select();
  }

  #select(): void {
    const feature = this.#feature();
    if (!this.#draw || feature?.id === undefined) return;
    this.#draw.setMode('select');
    this.#draw.selectFeature(feature.id);
  }

  /** A second one that was drawn takes the place of the first. */
  #keepOne(): void {
    const all = this.#all();
    const ids = all.slice(0, -1).flatMap(({ id }) => (id === undefined ? [] : [id]));
    if (ids.length > 0) this.#draw?.removeFeatures(ids);
  }

  #all() {
    const { kind } = this.#options;
    if (kind === 'none') return [];
    return (this.#draw?.getSnapshot() ?? []).filter(
      ({ geometry, properties }) => geometry.type === kind && properties.mode === modes[kind],
    );
  }

  #feature() {
    return this.#all().at(-1);
  }

  #tell(): void {
    const geometry = this.#feature()?.geometry;
    if (geometry?.type === 'Polygon' || geometry?.type === 'Point' || geometry?.type === 'LineString')
      this.#options.ondrawn(geometry);
  }
}

const pointsAt = (places: readonly LngLat[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features: places.map((coordinates) => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'Point', coordinates },
  })),
});

/** Terra Draw refuses positions with more decimals than it was told to keep. */
function roundOff(drawn: Drawn): Drawn {
  const round = (position: number[]): number[] =>
    position.map((degrees) => Number(degrees.toFixed(coordinatePrecision)));
  if (drawn.type === 'Point') return { ...drawn, coordinates: round(drawn.coordinates) };
  if (drawn.type === 'LineString') return { ...drawn, coordinates: drawn.coordinates.map(round) };
  return { ...drawn, coordinates: drawn.coordinates.map((ring) => ring.map(round)) };
}
