import type { ReplayState } from '$lib/state/replay-state.svelte.ts';

const stepMs = 10_000;

/**
 * Does what a key asks of the replay. Space on a button is the button's; a letter is nobody's while somebody types or a
 * dialog is open; arrows are the map's while it has the focus, and the time line's own.
 * @returns whether it did something
 */
export function readReplayKey(event: KeyboardEvent, replay: ReplayState): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (replay.status.kind !== 'ready') return false;
  const target = event.target as Partial<Element> | null;
  const isOn = (what: string): boolean => Boolean(target?.closest?.(what));
  if (isOn('[role="dialog"], [role="menu"], input:not([type="range"], [type="checkbox"]), textarea, select'))
    return false;
  switch (event.key.toLowerCase()) {
    case ' ':
      if (isOn('button, a, [type="checkbox"]')) return false;
      replay.toggle();
      return true;
    case 'n':
      replay.step(1);
      return true;
    case 'p':
      replay.step(-1);
      return true;
    case '+':
    case '=':
      if (isOn('.maplibregl-canvas')) return false;
      replay.shiftSpeed(1);
      return true;
    case '-':
      if (isOn('.maplibregl-canvas')) return false;
      replay.shiftSpeed(-1);
      return true;
    case 'arrowright':
    case 'arrowleft':
      if (isOn('.maplibregl-canvas, [type="range"]')) return false;
      replay.seek(replay.atMs + (event.key === 'ArrowRight' ? stepMs : -stepMs));
      return true;
    default:
      return false;
  }
}
