/**
 * Registers the service worker where browsers allow one (https or localhost) and tells when a newer shell waits.
 * The person decides when to reload: a wall screen in use is never reloaded under its viewer.
 * @returns the end of following.
 */
export function followUpdates(onready: (apply: () => void) => void): () => void {
  if (!window.isSecureContext || !('serviceWorker' in navigator)) return () => {};
  const workers = navigator.serviceWorker;
  const ended = new AbortController();
  const { signal } = ended;

  const offer = (worker: ServiceWorker): void =>
    onready(() => {
      workers.addEventListener('controllerchange', () => location.reload(), { once: true });
      worker.postMessage('take-over');
    });

  const register = async (): Promise<void> => {
    const registration = await workers.register('/service-worker.js');
    // The first worker ever has nothing to replace.
    if (registration.waiting && workers.controller) offer(registration.waiting);
    registration.addEventListener(
      'updatefound',
      () => {
        const worker = registration.installing;
        worker?.addEventListener(
          'statechange',
          () => {
            if (worker.state === 'installed' && workers.controller) offer(worker);
          },
          { signal },
        );
      },
      { signal },
    );
    // A wall stays open for weeks and would never look by itself.
    const timer = setInterval(() => void registration.update().catch(() => {}), 30 * 60_000);
    signal.addEventListener('abort', () => clearInterval(timer));
  };
  // Without a worker everything works but the offline start; a private window may refuse one.
  void register().catch(() => {});
  return () => ended.abort();
}
