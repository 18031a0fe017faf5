import { createContext } from 'svelte';
import { layerNames, type LayerName } from './url.ts';

/** Which layers are shown; all of them unless the URL says otherwise. */
export class LayerState {
  #shown = $state.raw<ReadonlySet<LayerName>>(new Set(layerNames));
  readonly #publish: (shown: ReadonlySet<LayerName>) => void;

  constructor(
    initial: ReadonlySet<LayerName> | undefined,
    publish: (shown: ReadonlySet<LayerName>) => void = () => {},
  ) {
    if (initial) this.#shown = initial;
    this.#publish = publish;
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
    this.#shown = next;
    this.#publish(next);
  }
}

export const [getLayerState, setLayerState] = createContext<LayerState>();
