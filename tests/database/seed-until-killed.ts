// Seeds the demo as a process of its own, for the test that kills it. The database is the test's.
import { openPool, type PoolOptions } from '../../api/database/database.ts';
import { seedDemo } from '../../api/stations/demo/seed-demo.ts';

const database = openPool(JSON.parse(process.argv[2] ?? '') as PoolOptions);
await seedDemo(database, {
  now: new Date(process.argv[3] ?? ''),
  demoOnNetwork: true,
  onProgress: (step, share) => process.stdout.write(`${share.toFixed(3)} ${step}\n`),
});
await database.close();
