import { createContext } from 'svelte';
import { Listeners } from './listeners.ts';
import type { Selection } from './url.ts';

/** What is open in the inspector. */
export class SelectionState {
  #selection = $state.raw<Selection>({ kind: 'none' });
  readonly changes = new Listeners<Selection>();

  constructor(initial: Selection = { kind: 'none' }) {
    this.#selection = initial;
  }

  get current(): Selection {
    return this.#selection;
  }

  select(selection: Selection): void {
    this.#selection = selection;
    this.changes.tell(selection);
  }

  clear(): void {
    this.select({ kind: 'none' });
  }
}

export const [getSelectionState, setSelectionState] = createContext<SelectionState>();
