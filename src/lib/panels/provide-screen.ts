import { onMount } from 'svelte';
import { replaceState } from '$app/navigation';
import { page } from '$app/state';
import { followScreen } from '$lib/api/follow-screen.ts';
import { MapExtras, setMapExtras } from '$lib/map/map-extras.svelte.ts';
import { createScreenState, provideScreenState } from '$lib/state/screen-state.svelte.ts';
import { getSessionState } from '$lib/state/session-state.svelte.ts';
import { setTrackState, TrackState } from '$lib/state/track-state.svelte.ts';

/**
 * Makes the states of a page with the live map from its address, where everything stands that a person would share or
 * reload, hands them down and feeds them while the page stands. Call it while the page's component is being made.
 */
export function provideScreen(): void {
  const screen = createScreenState(page.url, (query) => replaceState(query || location.pathname, {}));
  provideScreenState(screen);
  setTrackState(new TrackState());
  setMapExtras(new MapExtras());
  const session = getSessionState();
  onMount(() => followScreen(screen, session));
}
