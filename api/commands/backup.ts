// npm run backup -- FILE: everything the database holds, beside a running server or without one.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeBackup } from '../backup/write-backup.ts';
import { openCommandDatabase } from '../database/open.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { createProgress } from './progress.ts';

try {
  const [file, ...rest] = process.argv.slice(2);
  if (!file || file.startsWith('-') || rest.length > 0) throw new OperatorError('Usage: npm run backup -- FILE');
  const path = resolve(file);
  const { database, close, died } = await openCommandDatabase(readEnvironment(process.env, []));
  const progress = createProgress(`writing ${file}`);
  try {
    const { rows, tables } = await Promise.race([writeBackup(database, path, progress.update), died]);
    progress.end();
    process.stdout.write(
      `${path}: ${rows} rows of ${tables} tables, ${(statSync(path).size / 1e6).toFixed(1)} MB.
It holds whereabouts, hashes of passwords and tokens: keep it secret. The key of second factors (SECRET_KEY or
secret.key in DATA_DIR) is not in it: keep that too, in another place.\n`,
    );
  } finally {
    progress.end();
    await close();
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
