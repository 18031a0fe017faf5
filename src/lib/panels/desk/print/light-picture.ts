import { flushSync } from 'svelte';
import type { MapExtras, MapPicture } from '$lib/map/map-extras.svelte.ts';

const lookEveryMs = 100;
/** MapLibre fades from one colour to the next for 300 ms. */
const fadesForMs = 400;
/** What has not come by then is missing on the picture too. */
const waitAtMostMs = 4000;

/**
 * The map as it stands, drawn as by day: paper is white. For the moment that takes the page shows what it showed.
 * @returns undefined: there is no map
 */
export async function takeLightPicture(extras: MapExtras): Promise<MapPicture | undefined> {
  const seen = extras.takePicture?.();
  if (!seen) return undefined;
  const uncover = cover(seen.canvas);
  extras.theme = 'light';
  flushSync();
  const picture = await wholePicture(extras);
  extras.theme = undefined;
  flushSync();
  // The page goes on at once; only the map waits until it is itself again.
  void wholePicture(extras).then(uncover);
  return picture;
}

async function wholePicture(extras: MapExtras): Promise<MapPicture | undefined> {
  let picture: MapPicture | undefined;
  for (let waitedMs = 0; waitedMs <= waitAtMostMs; waitedMs += lookEveryMs) {
    picture = extras.takePicture?.();
    if (picture?.isWhole && waitedMs >= fadesForMs) break;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return picture;
}

/** Lays a picture of the map over it. @returns what takes it away */
function cover(canvas: HTMLCanvasElement): () => void {
  Object.assign(canvas.style, { position: 'absolute', inset: '0', width: '100%', height: '100%' });
  document.querySelector('.maplibregl-canvas-container')?.append(canvas);
  return () => canvas.remove();
}
