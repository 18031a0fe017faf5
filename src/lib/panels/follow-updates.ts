import { updated } from '$app/state';

/** A wall stays open for weeks and would never look by itself. */
const lookEveryMs = 30 * 60_000;

export interface Updates {
  /** Looks now: the server was away, and may be another one. */
  look(): void;
  end(): void;
}

/**
 * Tells when the server has a newer shell: by the service worker, which keeps it for the day without network, where
 * browsers allow one (https or localhost), else by the version that the server names.
 * The person decides when to reload: a wall screen in use is never reloaded under its viewer.
 */
export function followUpdates(onready: (apply: () => void) => void): Updates {
  const ended = new AbortController();
  const { signal } = ended;
  const isPossible = window.isSecureContext && 'serviceWorker' in navigator;
  const look = isPossible ? followWorker(onready, signal) : followVersion(onready, signal);
  const timer = setInterval(look, lookEveryMs);
  return {
    look,
    end() {
      clearInterval(timer);
      ended.abort();
    },
  };
}

function followVersion(onready: (apply: () => void) => void, signal: AbortSignal): () => void {
  return () =>
    void updated.check().then(
      (isNew) => isNew && !signal.aborted && onready(() => location.reload()),
      () => {},
    );
}

function followWorker(onready: (apply: () => void) => void, signal: AbortSignal): () => void {
  const workers = navigator.serviceWorker;
  const offer = (worker: ServiceWorker): void =>
    onready(() => {
      workers.addEventListener('controllerchange', () => location.reload(), { once: true, signal });
      worker.postMessage('take-over');
    });

  const register = async (): Promise<ServiceWorkerRegistration> => {
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
    return registration;
  };
  const registered = register();
  // Without a worker everything works but the offline start; a private window may refuse one.
  registered.catch(() => {});
  return () => void registered.then((registration) => registration.update()).catch(() => {});
}
