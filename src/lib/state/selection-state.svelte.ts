import { createContext } from 'svelte';
import type { Selection } from './url.ts';

/** What is open in the inspector. */
export class SelectionState {
  #selection = $state.raw<Selection>({ kind: 'none' });
  readonly #publish: (selection: Selection) => void;

  constructor(initial: Selection = { kind: 'none' }, publish: (selection: Selection) => void = () => {}) {
    this.#selection = initial;
    this.#publish = publish;
  }

  get current(): Selection {
    return this.#selection;
  }

  select(selection: Selection): void {
    this.#selection = selection;
    this.#publish(selection);
  }

  clear(): void {
    this.select({ kind: 'none' });
  }
}

export const [getSelectionState, setSelectionState] = createContext<SelectionState>();
