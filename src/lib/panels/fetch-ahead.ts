/** What a click opens, fetched once the first picture stands: by then it is there, also where the network is not. */
export function fetchAhead(): () => void {
  const fetchNow = (): void => {
    // Not having it early is no failure: whoever opens it asks again, and is told.
    for (const load of [
      () => import('./Inspector.svelte'),
      () => import('./TableView.svelte'),
      () => import('./Shortcuts.svelte'),
    ])
      load().catch(() => undefined);
  };
  const timer = setTimeout(fetchNow, aheadMs);
  return () => clearTimeout(timer);
}

/** After the map's own code was asked for, which comes first. */
const aheadMs = 3_000;
