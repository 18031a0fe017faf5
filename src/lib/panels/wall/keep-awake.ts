/**
 * Keeps the screen from going dark while the page is seen, where browsers can (on https and localhost); the operating
 * system's own settings are the operator's.
 * @returns the end of it.
 */
export function keepAwake(): () => void {
  let held: WakeLockSentinel | undefined;
  let isEnded = false;
  const hold = async (): Promise<void> => {
    if (isEnded || document.visibilityState !== 'visible' || (held && !held.released)) return;
    // Refused while the battery is low, for one; asked again when the page is seen next.
    held = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (isEnded) void held?.release();
  };
  const seen = (): void => void hold();
  // The browser takes it back whenever the page is hidden.
  document.addEventListener('visibilitychange', seen);
  void hold();
  return () => {
    isEnded = true;
    document.removeEventListener('visibilitychange', seen);
    void held?.release();
  };
}
