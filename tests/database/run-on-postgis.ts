// npm run test:postgis [-- files]: the database and API tests on a throw-away PostGIS.
import { spawn } from 'node:child_process';
import { startPostgisCluster } from './postgis-cluster.ts';

const cluster = await startPostgisCluster();
const vitest = spawn('vitest', ['run', '--project', 'database', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TEST_DATABASE_URL: cluster.url },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
const code = await new Promise<number>((resolve) => vitest.once('exit', (exitCode) => resolve(exitCode ?? 1)));
await cluster.stop();
process.exit(code);
