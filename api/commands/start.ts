// npm start: environment → server → demo → one line with the URL. Ends cleanly on SIGINT and SIGTERM.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError, readEnvironment } from '../environment.ts';
import { startServer } from '../server.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const environment = readEnvironment(process.env, process.argv.slice(2));
  if (!existsSync(join(environment.buildDir, 'index.html')))
    throw new OperatorError('The front end is not built: run npm run build, or start with npm start, which builds it.');
  const server = await startServer(environment, {
    onStep: (step) => say(`… ${step}`),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    await server.close();
    process.exit(code);
  };
  process.on('SIGINT', () => void end(0));
  process.on('SIGTERM', () => void end(0));
  server.died.catch((error: Error) => {
    process.stderr.write(`${error.message} Start again; everything that was acknowledged is kept.\n`);
    process.exit(1);
  });
  say(`哨点 Shaodian: ${server.url}`);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
