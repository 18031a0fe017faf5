import { startServerProcess } from './start-server.ts';

/** One server with the demo station for the run; E2E_URL names one that already runs. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env['E2E_URL']) return async () => {};
  const server = await startServerProcess();
  process.env['E2E_URL'] = server.url;
  return () => server.remove();
}
