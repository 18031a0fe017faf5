// An import in a process of its own, so that a test can kill it: prints how far it is, a line a batch.
import { openPool, type PoolOptions } from '../../api/database/database.ts';
import { importIncidents } from '../../api/incidents/import-incidents.ts';
import { readText } from './import-text.ts';

const database = openPool(JSON.parse(process.env['POOL'] ?? '') as PoolOptions);
const request = await readText(database, process.env['STATION'] ?? '', process.env['CSV'] ?? '');
await importIncidents({ ...request, onProgress: (done) => void process.stdout.write(`${done}\n`) });
await database.close();
