import { createContext } from 'svelte';

/** What can be opened beside the map to do something, one at a time. */
export const toolNames = ['record', 'dispatch', 'alerts', 'geofences', 'replay', 'views', 'export'] as const;
export type ToolName = (typeof toolNames)[number];

export interface OpenTool {
  readonly name: ToolName;
  /** What it was opened for: an incident's id, a geofence's. */
  readonly about: string | undefined;
}

/** Which tool lies open beside the map. */
export class DeskState {
  #open = $state.raw<OpenTool | undefined>();

  get open(): OpenTool | undefined {
    return this.#open;
  }

  show(name: ToolName, about?: string): void {
    this.#open = { name, about };
  }

  close(): void {
    this.#open = undefined;
  }
}

export const [getDeskState, setDeskState] = createContext<DeskState>();
