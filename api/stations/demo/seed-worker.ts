// Seeding in a thread of its own: drawing the town takes a hundred megabytes that the server would keep ever after.
import { parentPort, workerData } from 'node:worker_threads';
import { openPool, type PoolOptions } from '../../database/database.ts';
import { seedDemo } from './seed-demo.ts';

const { poolOptions, demoOnNetwork } = workerData as { poolOptions: PoolOptions; demoOnNetwork: boolean };
const database = openPool(poolOptions);
try {
  const demo = await seedDemo(database, {
    now: new Date(),
    demoOnNetwork,
    onProgress: (step, share) => parentPort?.postMessage({ kind: 'progress', step, share }),
  });
  parentPort?.postMessage({ kind: 'seeded', demo });
} finally {
  await database.close();
}
