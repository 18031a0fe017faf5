import { v7 as uuidv7 } from 'uuid';
import type { SavedView, ViewBody } from '$api/views/contract.ts';
import { failureFor } from '$lib/api/client.ts';
import { deleteView, putView, readViews } from '$lib/api/views.ts';
import type { Failure } from '$lib/state/loadable.ts';

/** The saved views of one station, as this account sees them, and what is done to them. */
export class ViewsState {
  readonly #stationId: string;
  #views = $state.raw<readonly SavedView[] | undefined>();
  #failure = $state.raw<Failure | undefined>();
  #deleted = $state.raw<SavedView | undefined>();
  #isBusy = $state(false);

  constructor(stationId: string) {
    this.#stationId = stationId;
  }

  /** Undefined: they were not read yet. */
  get views(): readonly SavedView[] | undefined {
    return this.#views;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** The one that was deleted last, until something else is done: it can be brought back. */
  get deleted(): SavedView | undefined {
    return this.#deleted;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  read(): Promise<void> {
    return this.#do(async () => {});
  }

  add(name: string, query: string, isShared: boolean): Promise<void> {
    const position = Math.max(0, ...(this.#views ?? []).map((view) => view.position + 1));
    return this.#do(async () => {
      this.#deleted = undefined;
      await putView(uuidv7(), { ...this.#body({ name, query, isShared, position }) });
    });
  }

  change(view: SavedView, part: Partial<ViewBody>): Promise<void> {
    return this.#do(async () => {
      this.#deleted = undefined;
      await putView(view.id, this.#body({ ...view, ...part }), view.version);
    });
  }

  /** Changes places with its neighbour; where two stand on one place, all are numbered anew. */
  move(view: SavedView, by: -1 | 1): Promise<void> {
    const order = [...(this.#views ?? [])];
    const from = order.findIndex(({ id }) => id === view.id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= order.length) return Promise.resolve();
    [order[from], order[to]] = [order[to]!, order[from]!];
    return this.#do(async () => {
      for (const [position, each] of order.entries())
        if (each.position !== position) await putView(each.id, this.#body({ ...each, position }), each.version);
    });
  }

  remove(view: SavedView): Promise<void> {
    return this.#do(async () => {
      await deleteView(view.id);
      this.#deleted = view;
    });
  }

  undoRemoval(): Promise<void> {
    const view = this.#deleted;
    if (!view) return Promise.resolve();
    return this.#do(async () => {
      await putView(view.id, this.#body(view));
      this.#deleted = undefined;
    });
  }

  /** What is done is followed by a look at how it stands, also when it failed: somebody else may have been there. */
  async #do(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    this.#failure = undefined;
    try {
      await work();
    } catch (error) {
      this.#failure = failureFor(error);
    }
    try {
      this.#views = await readViews(this.#stationId);
    } catch (error) {
      this.#failure ??= failureFor(error);
    }
    this.#isBusy = false;
  }

  #body(view: Partial<SavedView> & Pick<SavedView, 'name' | 'query' | 'isShared'>): ViewBody {
    const { name, query, isShared, position = 0, isOnTour = false, seconds = 20 } = view;
    return { stationId: this.#stationId, name, query, isShared, position, isOnTour: isShared && isOnTour, seconds };
  }
}
