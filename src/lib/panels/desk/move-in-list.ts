const rows = 'ul, ol, tbody';

/**
 * Moves the focus along a list by the arrow keys, Home and End, and along a toolbar by left and right: every list of the
 * desk is gone through without a hand on the mouse. @returns whether the key was used.
 */
export function moveInList({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || !(target instanceof HTMLElement)) return false;
  const bar = target.closest('[role="toolbar"]');
  if (bar) {
    const buttons = [...bar.querySelectorAll<HTMLElement>('button:not(:disabled)')];
    return focusOn(buttons, buttons.indexOf(target), key, 'ArrowLeft', 'ArrowRight');
  }
  const list = target.closest<HTMLElement>(rows);
  if (!list || !target.matches('button')) return false;
  // The first button of each row is the one that opens it.
  const first = [...list.children]
    .map((row) => row.querySelector<HTMLElement>('button:not(:disabled)'))
    .filter((button) => button !== null);
  const row = [...list.children].findIndex((child) => child.contains(target));
  const from = first.findIndex((button) => list.children[row]?.contains(button));
  return focusOn(first, from, key, 'ArrowUp', 'ArrowDown');
}

function focusOn(buttons: readonly HTMLElement[], from: number, key: string, before: string, after: string): boolean {
  const to =
    key === before ? from - 1 : key === after ? from + 1 : key === 'Home' ? 0 : key === 'End' ? buttons.length - 1 : -1;
  if (from < 0 || to < 0 || to >= buttons.length) return false;
  buttons[to]!.focus();
  return true;
}
