// npm test: unit, API and database tests on the embedded engine, then the browser tests. Closes with the counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countResults } from './count-results.mjs';

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
const ok = steps.map((step) => step()).every(Boolean);
const { passed, failed, skipped, secondTry } = countResults(results);
if (secondTry)
  process.stdout.write(`\n${secondTry} browser tests passed only on their second try: see "flaky" above.\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
process.exit(ok && failed === 0 ? 0 : 1);
