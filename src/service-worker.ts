/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { build, files, version } from '$service-worker';

declare const self: ServiceWorkerGlobalScope;

/** The shell of this version: page, code, fonts. Old versions go when this one takes over. */
const shellCache = `shell-${version}`;
/** Base map tiles outlive versions; the newest of each is fetched behind what is shown. */
const tileCache = 'tiles';
const maxTiles = 2000;
const tilePath = '/api/tiles/';
/** The fonts' many slices are kept when first used, not fetched ahead: all of them are tens of megabytes. */
const isFontSlice = (path: string): boolean => /\/noto-sans-sc-[^/]*\.woff2?$/.test(path);
const ahead = ['/', ...build, ...files].filter((path) => !isFontSlice(path));
const known = new Set([...build, ...files]);

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(shellCache).then(async (cache) => {
      await cache.addAll(ahead);
    }),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(
        names.filter((name) => name !== shellCache && name !== tileCache).map((name) => caches.delete(name)),
      );
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(tilePath)) event.respondWith(readTile(request, event));
  // Anything else of the API is today's truth or an error, never a memory.
  else if (url.pathname.startsWith('/api/')) return;
  else if (request.mode === 'navigate') event.respondWith(readPage(request));
  else if (known.has(url.pathname)) event.respondWith(readShell(request));
});

/** The server's page when it answers, so that a new version is seen at once; else the one kept. */
async function readPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.status < 500) return response;
  } catch {
    // No network, or the server is gone.
  }
  return (await caches.match('/', { cacheName: shellCache })) ?? Response.error();
}

/** Names of built files carry their hash, so a kept one is the right one. */
async function readShell(request: Request): Promise<Response> {
  const cache = await caches.open(shellCache);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function readTile(request: Request, event: FetchEvent): Promise<Response> {
  const cache = await caches.open(tileCache);
  const kept = await cache.match(request);
  const newest = fetch(request).then(async (response) => {
    // Who is signed out is not shown what was kept for somebody else.
    if (response.status === 401) await caches.delete(tileCache);
    else if (response.ok) {
      await cache.put(request, response.clone());
      await forgetOldest(cache);
    }
    return response;
  });
  if (!kept) return newest;
  event.waitUntil(newest.catch(() => {}));
  return kept;
}

/** Keys come in the order they were put, so the first ones are the oldest. */
async function forgetOldest(cache: Cache): Promise<void> {
  const keys = await cache.keys();
  if (keys.length > maxTiles)
    await Promise.all(keys.slice(0, keys.length - maxTiles + 200).map((key) => cache.delete(key)));
}
