// Restores a backup into a database and prints how far it is, for a test that kills it. Arguments: pool options, file.
import { restoreBackup } from '../../api/backup/restore-backup.ts';
import { openPool, type PoolOptions } from '../../api/database/database.ts';

const [options = '', file = ''] = process.argv.slice(2);
const database = openPool(JSON.parse(options) as PoolOptions);
await restoreBackup(database, file, {
  replace: true,
  onProgress: (share) => process.stdout.write(`${share}\n`),
});
await database.close();
