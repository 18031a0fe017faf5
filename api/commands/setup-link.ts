// npm run setup-link: a new one-time link for an administrator, when the first was not used or all are lost.
import { makeSetupLink } from '../accounts/setup/make-setup-link.ts';
import { openCommandDatabase } from '../database/open.ts';
import { isLoopback, OperatorError, readEnvironment } from '../environment.ts';

try {
  const environment = readEnvironment(process.env, []);
  const { host, port, tls } = environment;
  const isNamed = !isLoopback(host) && host !== '0.0.0.0' && host !== '::';
  const url = `${tls ? 'https' : 'http'}://${isNamed ? host : 'localhost'}:${port}`;
  const opened = await openCommandDatabase(environment);
  try {
    process.stdout.write(
      `Good once and for 24 hours, for whoever opens it first:\n${await makeSetupLink(opened.database, url)}\n`,
    );
    process.stdout.write('Where the server has another address, put that in place of the one before /setup.\n');
  } finally {
    await opened.close();
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
