import { startServerProcess } from './start-server.ts';

/** One server with the demo station for the run; E2E_URL names one that already runs. */
export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env['E2E_URL']) return async () => {};
  const server = await startServerProcess();
  await untilEveryUnitReported(server.url);
  process.env['E2E_URL'] = server.url;
  return () => server.remove();
}

/** The simulator starts with the server; the screens are tested when it is under way. */
async function untilEveryUnitReported(url: string): Promise<void> {
  for (let waited = 0; waited < 60; waited++) {
    const { units } = (await (await fetch(`${url}/api/units`)).json()) as { units: { at: string | null }[] };
    if (units.length > 0 && units.every(({ at }) => at !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('The demo’s units did not all report within a minute.');
}
