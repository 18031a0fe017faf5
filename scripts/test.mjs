// npm test: unit, API and database tests on the embedded engine, then the browser tests. Closes with the counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sayResults } from './say-results.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, '.cache', 'results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const run = (command, args, env = {}) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return status === 0;
};

const vitestJson = join(results, 'embedded.json');
const steps = [
  () => run('svelte-kit', ['sync']),
  () => run('node', ['scripts/build-if-needed.mjs']),
  () => run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestJson}`]),
  () => run('playwright', ['test'], { PLAYWRIGHT_JSON: join(results, 'browser.json') }),
];
// Every step runs even when an earlier one failed, so that one report tells all.
const failedSteps = steps.map((step) => step()).filter((ok) => !ok).length;
process.exit(sayResults(results, failedSteps) ? 0 : 1);
