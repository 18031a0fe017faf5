import type { Figures } from '$api/figures/contract.ts';
import type { SavedView } from '$api/views/contract.ts';
import { addToFeed, replaceKind, type FeedEntry } from './feed.ts';
import { failedAfter, latestOf, type Failure, type Loadable } from './loadable.ts';

/** What a wall shows besides the map. */
export class WallState {
  #figures = $state.raw<Loadable<Figures>>({ kind: 'idle' });
  #feed = $state.raw<readonly FeedEntry[]>([]);
  #tourViews = $state.raw<readonly SavedView[]>([]);
  /** The newest numbers there are, also while none come. */
  readonly figures: Figures | undefined = $derived(latestOf(this.#figures));

  get feed(): readonly FeedEntry[] {
    return this.#feed;
  }

  /** The views that walls show in turn, in their order. */
  get tourViews(): readonly SavedView[] {
    return this.#tourViews;
  }

  /** Another station. */
  clear(): void {
    this.#figures = { kind: 'idle' };
    this.#feed = [];
    this.#tourViews = [];
  }

  figuresLoaded(figures: Figures): void {
    this.#figures = { kind: 'ready', value: figures };
  }

  figuresFailed(failure: Failure): void {
    this.#figures = failedAfter(this.#figures, failure);
  }

  /** All that the server tells of this kind. */
  told(kind: FeedEntry['kind'], entries: readonly FeedEntry[]): void {
    this.#feed = replaceKind(this.#feed, kind, entries);
  }

  /** Something was seen to happen. */
  happened(entries: readonly FeedEntry[]): void {
    if (entries.length > 0) this.#feed = addToFeed(this.#feed, entries);
  }

  viewsLoaded(views: readonly SavedView[]): void {
    this.#tourViews = views.filter(({ isOnTour }) => isOnTour).toSorted((a, b) => a.position - b.position);
  }
}
