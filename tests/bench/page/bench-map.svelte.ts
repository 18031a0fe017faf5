import { flushSync } from 'svelte';
import { MapExtras } from '$lib/map/map-extras.svelte.ts';
import { LiveMap } from '$lib/map/live-map.ts';
import { Picture } from '$lib/map/picture.svelte.ts';
import { createScreenState, type ScreenState } from '$lib/state/screen-state.svelte.ts';
import { TrackState } from '$lib/state/track-state.svelte.ts';
import { baseStyle } from '../../../tiles/style.ts';

/** The page's own map, picture and states, without its panels and without a server. */
export interface BenchMap {
  screen: ScreenState;
  extras: MapExtras;
  /** Hands the layers over as the states stand: what the page does in its next microtask. */
  update(): void;
  repaint(): void;
}

/** @param query of the page's address: view, layers, filter; the view must be named */
export async function openBenchMap(query: string): Promise<BenchMap> {
  const screen = createScreenState(new URL(query, location.href), () => {});
  const extras = new MapExtras();
  const picture = new Picture({ ...screen, tracks: new TrackState(), extras }, false);
  picture.setTheme('light');
  let map!: LiveMap;
  const came = new Promise<void>((resolve) => {
    map = new LiveMap({
      container: document.getElementById('map')!,
      style: baseStyle({ theme: 'light', language: 'zh', tilesUrl: `${location.origin}/base.json` }),
      view: screen.view.current!,
      words: {},
      prefersStill: true,
      onmove(view, bbox, isAtRest) {
        picture.look({ zoom: view.zoom, bearingDeg: view.bearingDeg, bbox });
        if (isAtRest) resolve();
      },
      onhover() {},
      onclick() {},
      readPickable: () => [],
      incidentNear: () => -1,
      onproblem: (error) => reportError(error),
      onlost() {},
    });
  });
  $effect.root(() => {
    $effect(() => map.setLayers(picture.layers));
  });
  await came;
  flushSync();
  return { screen, extras, update: () => flushSync(), repaint: () => map.repaint() };
}
