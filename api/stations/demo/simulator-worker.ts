// The demo's simulator in a thread of its own: it ends with the server, however that ends, and never holds up its event loop.
import { parentPort, workerData } from 'node:worker_threads';
import { runSimulator } from './run-simulator.ts';
import type { DemoCredential } from './seed-demo.ts';

const { url, credentials } = workerData as { url: string; credentials: DemoCredential[] };
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
await runSimulator({
  url,
  credentials,
  rate: 1,
  // A server that nobody looks at should cost next to nothing: four transactions a second instead of forty.
  moments: 4,
  signal: stop.signal,
  onMessage: (message) => parentPort?.postMessage(message),
});
parentPort?.close();
