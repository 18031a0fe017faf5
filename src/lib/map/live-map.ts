import type { Layer, PickingInfo } from '@deck.gl/core';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import {
  AttributionControl,
  Map as MapLibreMap,
  ScaleControl,
  setWorkerUrl,
  type StyleSpecification,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Bbox, LngLat } from '$api/positions/contract.ts';
import { earthRadiusM } from '$lib/geo/sphere.ts';
import type { LayerId } from '$lib/layers/order.ts';
import { maxMapZoom } from '$lib/layers/sentinel-clusters.ts';
import type { View } from '$lib/state/url.ts';
import type { MapPicture } from './map-extras.svelte.ts';
import type { Flight } from '$lib/state/view-state.svelte.ts';

// MapLibre looks for its worker beside itself, where a bundle has none.
setWorkerUrl(workerUrl);

/** What the pointer is on. */
export interface Pointed {
  layerId: string;
  /** Row of a layer with columns, else -1. */
  index: number;
  object: unknown;
  x: number;
  y: number;
}

export interface LiveMapOptions {
  container: HTMLElement;
  style: StyleSpecification;
  /** Undefined: nobody said yet; the whole country until someone does. */
  view: View | undefined;
  words: Record<string, string>;
  prefersStill: boolean;
  /** While it moves and when it rests. Not called before there is a place to be. */
  onmove(view: View, bbox: Bbox, isAtRest: boolean): void;
  onhover(pointed: Pointed | undefined): void;
  /** Undefined: on nothing of ours. */
  onclick(pointed: Pointed | undefined, lngLat: LngLat): void;
  /** Layers of others that a click means before all else. */
  readPickable(): readonly LayerId[];
  /** Row of the incident whose dot is nearest to this place, at most so many pixels away; -1: none. */
  incidentNear(place: LngLat, zoom: number, reachPx: number): number;
  onproblem(error: Error): void;
  /** The graphics card was taken away, and came back or stays away: everything must be made anew. */
  onlost(): void;
}

/** How far from a symbol a click still means it, CSS pixels; a thumb is less exact than a mouse. */
const pickingRadiusPx = 8;
/** What a click means before the incident beneath it, and the grid beneath that. */
const symbols: LayerId[] = ['unit-markers', 'sentinels'];
/** So long a lost graphics card is waited for. */
const lostForMs = 4000;
/** A flight from one saved view to the next: slow enough to see where it goes. */
const viewFlightMs = 3000;
/** Where something is shown before anything else was. */
const firstZoom = 15;
const wholeCountry = { center: [104.2, 35.9] as [number, number], zoom: 3.4 };

/** MapLibre with our layers between its own: the only owner of both. */
export class LiveMap {
  readonly #map: MapLibreMap;
  readonly #overlay: MapLibreOverlay;
  readonly #options: LiveMapOptions;
  #hasPlace: boolean;
  #canPick = false;
  #lost: ReturnType<typeof setTimeout> | undefined;

  /** @throws when the browser gives no WebGL 2. */
  constructor(options: LiveMapOptions) {
    const { container, style, view, words } = options;
    this.#options = options;
    this.#hasPlace = view !== undefined;
    this.#map = new MapLibreMap({
      container,
      style,
      ...(view ? { center: view.lngLat, zoom: view.zoom, bearing: view.bearingDeg } : wholeCountry),
      maxZoom: maxMapZoom,
      // A tilted map hides what stands behind, and five metres away nobody turns it back.
      maxPitch: 0,
      pitchWithRotate: false,
      locale: words,
      attributionControl: false,
      fadeDuration: options.prefersStill ? 0 : 200,
    });
    const isNarrow = container.clientWidth < 640;
    // Where sources and scale do not fit side by side, Map.svelte lifts the scale.
    this.#map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.#map.addControl(new AttributionControl({ compact: isNarrow }), 'bottom-right');
    this.#overlay = new MapLibreOverlay({
      interleaved: true,
      layers: [],
      pickingRadius: pickingRadiusPx,
      onLoad: () => (this.#canPick = true),
      onHover: (info) => this.#hover(this.#incidentOver(pointedOf(info), info)),
      // Without its graphics card nothing can be drawn, which is no fault of what is drawn.
      onError: (error) => void (this.#lost === undefined && options.onproblem(error)),
    });
    this.#map.addControl(this.#overlay);
    // Not deck's own click: that is a tap of at most 250 ms, in which slow rendering counts.
    this.#map.on('click', ({ point, lngLat }) => {
      const { lng, lat } = lngLat.wrap();
      if (this.#canPick) options.onclick(this.#find(point), [lng, lat]);
    });
    this.#map.on('move', (event) => {
      // Whoever moves the map has chosen a place, also where the station has none yet.
      if (event.originalEvent) this.#hasPlace = true;
      this.#tellMove(false);
    });
    this.#map.on('moveend', () => this.#tellMove(true));
    this.#map.on('load', () => this.#tellMove(true));
    this.#map.getCanvas().addEventListener('pointerleave', () => this.#hover(undefined));
    // Mostly it comes back within a second; where it does not, only another canvas gets another one.
    this.#map.on('webglcontextlost', () => (this.#lost = setTimeout(() => options.onlost(), lostForMs)));
    this.#map.on('webglcontextrestored', () => {
      clearTimeout(this.#lost);
      options.onlost();
    });
  }

  /** Another theme or language: only what differs is changed, our layers stay between. */
  setStyle(style: StyleSpecification): void {
    this.#map.setStyle(style, { diff: true });
  }

  /** Somebody is to click a place: the pointer says so. */
  askForPlace(isAsked: boolean): void {
    this.#map.getContainer().classList.toggle('asks-for-place', isAsked);
  }

  setTitle(title: string): void {
    this.#map.getCanvas().setAttribute('aria-label', title);
  }

  setLayers(layers: Layer[]): void {
    this.#overlay.setProps({ layers });
  }

  /** Undefined while the style is still on its way. */
  takePicture(): MapPicture | undefined {
    const source = this.#map.getCanvas();
    const canvas = document.createElement('canvas');
    let isDrawn = false;
    const copy = (): void => {
      isDrawn = true;
      canvas.width = source.width;
      canvas.height = source.height;
      canvas.getContext('2d')!.drawImage(source, 0, 0);
    };
    // Within the frame that draws it: what is drawn is not kept beyond (preserveDrawingBuffer would cost every frame).
    this.#map.once('render', copy);
    this.#map.redraw();
    this.#map.off('render', copy);
    if (!isDrawn) return undefined;
    const { lat } = this.#map.getCenter();
    return {
      canvas,
      pixelRatio: source.width / source.clientWidth,
      // The world is 512 pixels wide at zoom 0.
      metresPerPx: (2 * Math.PI * earthRadiusM * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.#map.getZoom()),
      bearingDeg: this.#map.getBearing(),
      attribution: this.#map.getContainer().querySelector('.maplibregl-ctrl-attrib-inner')?.textContent ?? '',
      isWhole: this.#map.areTilesLoaded(),
    };
  }

  /** Draws once more with the same layers: their clock has gone on. */
  repaint(): void {
    this.#map.triggerRepaint();
  }

  fly(flight: Flight): void {
    const isFirst = !this.#hasPlace;
    this.#hasPlace = true;
    const animate = !isFirst && !this.#options.prefersStill;
    if (flight.kind === 'bbox') {
      const [west, south, east, north] = flight.bbox;
      const padding = Math.min(48, this.#map.getContainer().clientWidth / 10);
      this.#map.fitBounds([west, south, east, north], { padding, maxZoom: 17, animate });
    } else if (flight.kind === 'view') {
      const { lngLat, zoom, bearingDeg } = flight.view;
      this.#map.flyTo({ center: lngLat, zoom, bearing: bearingDeg, animate, duration: viewFlightMs });
    } else if (flight.kind === 'middle') {
      // A zoom on its way would be cut short.
      if (!this.#map.isZooming()) this.#map.jumpTo({ center: flight.lngLat, ...(isFirst && { zoom: firstZoom }) });
    } else {
      const zoom = Math.max(this.#map.getZoom(), flight.minZoom);
      this.#map.easeTo({ center: flight.lngLat, zoom, animate, duration: 600 });
    }
  }

  zoomBy(steps: number): void {
    this.#hasPlace = true;
    this.#map.easeTo({ zoom: this.#map.getZoom() + steps, animate: !this.#options.prefersStill, duration: 200 });
  }

  turnNorth(): void {
    this.#map.easeTo({ bearing: 0, animate: !this.#options.prefersStill });
  }

  destroy(): void {
    clearTimeout(this.#lost);
    this.#map.remove();
  }

  #tellMove(isAtRest: boolean): void {
    if (!this.#hasPlace) return;
    const { lng, lat } = this.#map.getCenter().wrap();
    const bounds = this.#map.getBounds();
    const view: View = {
      lngLat: [lng, lat],
      zoom: this.#map.getZoom(),
      bearingDeg: (this.#map.getBearing() + 360) % 360,
    };
    this.#options.onmove(view, [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], isAtRest);
  }

  #find({ x, y }: { x: number; y: number }): Pointed | undefined {
    const pick = (radius: number, layerIds: LayerId[]): Pointed | undefined => {
      const info = this.#overlay.pickObject({ x, y, radius, layerIds });
      return info ? pointedOf(info) : undefined;
    };
    const others = [...this.#options.readPickable()];
    return (
      (others.length > 0 ? pick(pickingRadiusPx, others) : undefined) ??
      pick(pickingRadiusPx, symbols) ??
      this.#incidentAt({ x, y }) ??
      pick(0, ['grid-areas'])
    );
  }

  /** What deck found, unless that is no symbol and there is an incident; their dots deck does not look for. */
  #incidentOver(found: Pointed | undefined, { x, y }: PickingInfo): Pointed | undefined {
    const isSymbol = symbols.some((id) => id === found?.layerId);
    // Where the pointer has left, deck says -1.
    return isSymbol || x < 0 || y < 0 ? found : (this.#incidentAt({ x, y }) ?? found);
  }

  #incidentAt({ x, y }: { x: number; y: number }): Pointed | undefined {
    const { lng, lat } = this.#map.unproject([x, y]).wrap();
    const index = this.#options.incidentNear([lng, lat], this.#map.getZoom(), pickingRadiusPx);
    return index < 0 ? undefined : { layerId: 'incidents' satisfies LayerId, index, object: undefined, x, y };
  }

  #hover(pointed: Pointed | undefined): void {
    this.#map.getCanvas().style.cursor = pointed ? 'pointer' : '';
    this.#options.onhover(pointed);
  }
}

function pointedOf(info: PickingInfo): Pointed | undefined {
  if (!info.picked || !info.layer) return undefined;
  return { layerId: info.layer.id, index: info.index, object: info.object, x: info.x, y: info.y };
}
