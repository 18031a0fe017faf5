import {
  Map as MapLibreMap,
  setWorkerUrl,
  type FilterSpecification,
  type GeoJSONSource,
  type LngLatBoundsLike,
  type StyleSpecification,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { Feature, FeatureCollection } from 'geojson';
import type { LngLat } from '$api/positions/contract.ts';

setWorkerUrl(workerUrl);

/** A way to somewhere, and who is near that place. */
export interface ShownWay {
  /** From where one is to the place; only the place when it is not known. */
  lngLats: readonly LngLat[];
  /** No street: dashed. */
  isStraight: boolean;
  near: readonly LngLat[];
}

interface WayMapOptions {
  container: HTMLElement;
  style: StyleSpecification;
  way: ShownWay;
  colours: { way: string; rim: string; place: string; near: string };
}

/** A small map with one way on it, for a phone in a hand: it can be moved, and is set back by `show`. */
export class WayMap {
  readonly #map: MapLibreMap;
  #isReady = false;
  #way: ShownWay;

  /** @throws when the browser gives no WebGL 2. */
  constructor({ container, style, way, colours }: WayMapOptions) {
    this.#way = way;
    this.#map = new MapLibreMap({
      container,
      style,
      bounds: boundsOf(way),
      fitBoundsOptions: fit,
      attributionControl: { compact: true },
      dragRotate: false,
      pitchWithRotate: false,
      // One thumb scrolls the page, two move the map.
      cooperativeGestures: true,
      maxZoom: 19,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.once('style.load', () => {
      this.#map.addSource('way', { type: 'geojson', data: featuresOf(way) });
      const line = { type: 'line', source: 'way', layout: { 'line-cap': 'round', 'line-join': 'round' } } as const;
      const isWay: FilterSpecification = ['==', ['geometry-type'], 'LineString'];
      this.#map.addLayer({
        ...line,
        id: 'way-rim',
        filter: isWay,
        paint: { 'line-color': colours.rim, 'line-width': 9 },
      });
      this.#map.addLayer({
        ...line,
        id: 'way',
        filter: isWay,
        paint: { 'line-color': colours.way, 'line-width': 5, ...(way.isStraight && { 'line-dasharray': [1, 2] }) },
      });
      this.#map.addLayer({
        id: 'points',
        type: 'circle',
        source: 'way',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-color': ['match', ['get', 'kind'], 'place', colours.place, 'near', colours.near, colours.way],
          'circle-radius': ['match', ['get', 'kind'], 'place', 10, 'near', 6, 7],
          'circle-stroke-width': 3,
          'circle-stroke-color': colours.rim,
        },
      });
      this.#isReady = true;
      this.#draw();
    });
  }

  show(way: ShownWay): void {
    this.#way = way;
    this.#draw();
  }

  destroy(): void {
    this.#map.remove();
  }

  #draw(): void {
    if (!this.#isReady) return;
    this.#map.getSource<GeoJSONSource>('way')?.setData(featuresOf(this.#way));
    this.#map.fitBounds(boundsOf(this.#way), { ...fit, animate: false });
  }
}

const fit = { padding: 36, maxZoom: 17 };

function boundsOf({ lngLats }: ShownWay): LngLatBoundsLike {
  const [lngs, lats] = [lngLats.map(([lng]) => lng), lngLats.map(([, lat]) => lat)];
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
}

function featuresOf({ lngLats, near }: ShownWay): FeatureCollection {
  const point = (coordinates: LngLat, kind: string): Feature => ({
    type: 'Feature',
    properties: { kind },
    geometry: { type: 'Point', coordinates },
  });
  const [from, to] = [lngLats[0], lngLats.at(-1)];
  const features = near.map((lngLat) => point(lngLat, 'near'));
  if (from && lngLats.length > 1)
    features.unshift(
      { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...lngLats] } },
      point(from, 'from'),
    );
  if (to) features.push(point(to, 'place'));
  return { type: 'FeatureCollection', features };
}
