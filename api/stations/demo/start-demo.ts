import { Worker } from 'node:worker_threads';
import type { Dependencies } from '../../app.ts';
import { refreshStatistics } from '../../database/refresh-statistics.ts';
import type { PoolOptions } from '../../database/database.ts';
import { isLoopback, type Environment } from '../../environment.ts';
import { listStationTree } from '../queries.ts';
import { closeDemoAccounts, setDemoAccounts, type DemoAccount } from './demo-accounts.ts';
import { demoStationId } from './ids.ts';
import type { DemoCredential, DemoStation } from './seed-demo.ts';

export interface RunningDemo {
  /** To be printed when the server can be reached from other machines; else the devices' names are their credentials. */
  credentialsToPrint: DemoCredential[];
  /** One per role, to be printed. */
  accounts: DemoAccount[];
  stop(): Promise<void>;
}

type Needs = Pick<Dependencies, 'environment' | 'database' | 'registry' | 'sessions' | 'log'>;

/**
 * Makes the demo station on the first start of an empty installation and moves its units whenever it is there. Beyond
 * loopback its credentials are made anew with each start, `--no-demo` included: there they must not be guessable.
 * @param url the server's own
 * @returns undefined when there is no demo
 */
export async function startDemo(
  { environment, database, registry, sessions, log }: Needs,
  url: string,
  onProgress: (step: string, share: number) => void,
): Promise<RunningDemo | undefined> {
  const tree = await listStationTree(database);
  const isThere = tree.some(({ id }) => id === demoStationId);
  // A proxy before loopback makes it reachable.
  const isReachable =
    !isLoopback(environment.host) || environment.demoOnNetwork || environment.trustProxy.kind !== 'none';
  const isWanted = environment.demo && (isThere || tree.length === 0);
  const isOpenToAccounts = isWanted && (!isReachable || environment.demoOnNetwork);
  // Where new passwords follow, nobody stays who came in with the known one, nor an account that is not named as it was.
  if (isThere && (!isOpenToAccounts || isReachable)) await closeDemoAccounts(database);
  if (!isWanted && !(isThere && isReachable)) return undefined;
  const { credentials, isNew } = await seedInThread(environment, isReachable, onProgress);
  if (isNew) await refreshStatistics(database);
  await registry.refresh();
  const accounts = isOpenToAccounts ? await setDemoAccounts(database, { hasRandomPasswords: isReachable }) : [];
  sessions.forget();
  if (!isWanted) return undefined;
  const worker = new Worker(new URL('./simulator-worker.ts', import.meta.url), {
    workerData: { url, credentials },
    // Drawing the town makes much garbage, which V8 would otherwise let lie.
    resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 },
    // It talks to this very process: a certificate of our own making is good enough.
    env: { ...process.env, ...(environment.tls && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }) },
  });
  worker.on('message', (message: string) => log.info('demo.simulator', { message }));
  worker.on('error', (error) => log.error('demo.simulator-stopped', { error }));
  return {
    credentialsToPrint: environment.demoOnNetwork ? credentials : [],
    accounts,
    async stop() {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage('stop');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
      await worker.terminate();
    },
  };
}

/** `seedDemo` through connections of its own. */
function seedInThread(
  { databaseUrl, dataDir }: Environment,
  demoOnNetwork: boolean,
  onProgress: (step: string, share: number) => void,
): Promise<DemoStation> {
  const poolOptions: PoolOptions = databaseUrl
    ? { engine: 'postgis', target: { url: databaseUrl }, maxConnections: 2 }
    : { engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 2 };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
      workerData: { poolOptions, demoOnNetwork },
    });
    let demo: DemoStation | undefined;
    worker.on(
      'message',
      (message: { kind: 'progress'; step: string; share: number } | { kind: 'seeded'; demo: DemoStation }) => {
        if (message.kind === 'progress') onProgress(message.step, message.share);
        else demo = message.demo;
      },
    );
    worker.once('error', reject);
    worker.once('exit', () => (demo ? resolve(demo) : reject(new Error('The demo station was not completed.'))));
  });
}
