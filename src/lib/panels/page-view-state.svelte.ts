import { replaceState } from '$app/navigation';
import { page } from '$app/state';
import type { PageView } from './TopBar.svelte';

/** Map or table, kept in the address as `?view=table`. */
export class PageViewState {
  #view = $state<PageView>(page.url.searchParams.get('view') === 'table' ? 'table' : 'map');

  get current(): PageView {
    return this.#view;
  }

  show(view: PageView): void {
    this.#view = view;
    // The address as it is now: the map writes its own parts without telling the router.
    const url = new URL(location.href);
    if (view === 'table') url.searchParams.set('view', 'table');
    else url.searchParams.delete('view');
    replaceState(url, {});
  }

  toggle(): void {
    this.show(this.#view === 'map' ? 'table' : 'map');
  }
}
