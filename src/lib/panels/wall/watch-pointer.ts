const restMs = 3000;

/**
 * Tells whether somebody just moved a pointer: a wall shows none, and a cursor left on it would burn in.
 * @returns the end of it.
 */
export function watchPointer(tell: (isMoving: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = (): void => tell(false);
  const moved = (): void => {
    clearTimeout(timer);
    timer = setTimeout(rest, restMs);
    tell(true);
  };
  const events = ['pointermove', 'pointerdown', 'wheel'] as const;
  for (const name of events) addEventListener(name, moved, { passive: true });
  timer = setTimeout(rest, restMs);
  return () => {
    clearTimeout(timer);
    for (const name of events) removeEventListener(name, moved);
  };
}
