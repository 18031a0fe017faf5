// npm run restore -- FILE [--replace [--yes]]: puts a backup into an empty installation, or in the place of one.
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { restoreBackup } from '../backup/restore-backup.ts';
import { openUnmigratedDatabase } from '../database/open.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { createProgress } from './progress.ts';

const usage = 'Usage: npm run restore -- FILE [--replace [--yes]]';

try {
  const args = process.argv.slice(2);
  const flags = args.filter((arg) => arg.startsWith('-'));
  const [file, ...rest] = args.filter((arg) => !arg.startsWith('-'));
  if (!file || rest.length > 0 || flags.some((flag) => !['--replace', '--yes'].includes(flag)))
    throw new OperatorError(usage);
  const replace = flags.includes('--replace');
  const environment = readEnvironment(process.env, []);
  if (replace && !flags.includes('--yes'))
    await confirm(environment.databaseUrl ? 'DATABASE_URL' : environment.dataDir);
  const { database, close, died } = await openUnmigratedDatabase(environment);
  const progress = createProgress(`restoring ${file}`);
  try {
    const restoring = restoreBackup(database, resolve(file), { replace, onProgress: progress.update });
    const { header, rows } = await Promise.race([restoring, died]);
    progress.end();
    process.stdout.write(
      `${rows} rows as of ${header.madeAt} are restored. Sessions of that time hold again unless they have ended since;
second factors need the SECRET_KEY or secret.key of that installation. Check the audit log: npm run audit -- verify\n`,
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

async function confirm(where: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new OperatorError('--replace gives up what is in the database: add --yes when nobody is there to ask.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Everything in the database of ${where} will be gone. Type "replace": `);
  terminal.close();
  if (answer.trim() !== 'replace') throw new OperatorError('Nothing was changed.');
}
