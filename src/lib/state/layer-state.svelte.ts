import { createContext } from 'svelte';
import { Listeners } from './listeners.ts';
import { layerNames, type LayerName } from './url.ts';

/** Which layers are shown; all of them unless the URL says otherwise. */
export class LayerState {
  #shown = $state.raw<ReadonlySet<LayerName>>(new Set(layerNames));
  readonly changes = new Listeners<ReadonlySet<LayerName>>();

  constructor(initial?: ReadonlySet<LayerName>) {
    if (initial) this.#shown = initial;
  }

  get shown(): ReadonlySet<LayerName> {
    return this.#shown;
  }

  isShown(name: LayerName): boolean {
    return this.#shown.has(name);
  }

  toggle(name: LayerName): void {
    const next = new Set(this.#shown);
    if (!next.delete(name)) next.add(name);
    this.show(next);
  }

  /** These and no others. */
  show(layers: ReadonlySet<LayerName>): void {
    this.#shown = layers;
    this.changes.tell(layers);
  }
}

export const [getLayerState, setLayerState] = createContext<LayerState>();
