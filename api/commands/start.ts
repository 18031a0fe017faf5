// npm start: environment → server → demo → one line with the URL. Ends cleanly on SIGINT and SIGTERM.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFirstSetupLink } from '../accounts/setup/make-setup-link.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { createLog } from '../operation/log.ts';
import { startServer } from '../server.ts';
import { startDemo, type RunningDemo } from '../stations/demo/start-demo.ts';
import { createProgress, type Progress } from './progress.ts';

/** A database that hangs must not keep the process. */
const longestEndMs = 20_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const environment = readEnvironment(process.env, process.argv.slice(2));
  if (!existsSync(join(environment.buildDir, 'index.html')))
    throw new OperatorError('The front end is not built: run npm run build, or start with npm start, which builds it.');
  const server = await startServer(environment, {
    onStep: (step) => say(`… ${step}`),
    log: createLog((line) => process.stderr.write(`${line}\n`)),
  });
  let demo: RunningDemo | undefined;
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), longestEndMs).unref();
    await demo?.stop();
    await server.close().catch((error: Error) => process.stderr.write(`While ending: ${error.message}\n`));
    process.exit(code);
  };
  process.on('SIGINT', () => void end(0));
  process.on('SIGTERM', () => void end(0));
  server.died.catch((error: Error) => {
    if (ending) return;
    process.stderr.write(`${error.message} Start again; everything that was acknowledged is kept.\n`);
    process.exit(1);
  });
  const progress = lazyProgress();
  try {
    demo = await startDemo(server.dependencies, server.ownUrl, progress.onStep);
  } catch (error) {
    // Ctrl-C while the demo is made: the next start completes it.
    if (!ending) throw error;
  }
  progress.end();
  for (const { device, token } of demo?.credentialsToPrint ?? []) say(`${device} ${token}`);
  if (demo && demo.accounts.length > 0) {
    say('Sign in to the demo with one of these (name and password):');
    for (const { username, password } of demo.accounts) say(`  ${username.padEnd(14)} ${password}`);
  }
  const setupLink = await makeFirstSetupLink(server.dependencies.database, server.url);
  if (setupLink) {
    say('Nobody may administer this installation yet. Open this link to become its administrator');
    say('(good once and for 24 hours; npm run setup-link prints a new one):');
    say(`  ${setupLink}`);
  }
  say(`哨点 Shaodian: ${server.url}`);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** A bar that appears with the first step. */
function lazyProgress(): { onStep(step: string, share: number): void; end(): void } {
  let bar: Progress | undefined;
  return {
    onStep(_step, share) {
      bar ??= createProgress('… making the demo station', process.stdout);
      bar.update(share);
    },
    end: () => bar?.end(),
  };
}
