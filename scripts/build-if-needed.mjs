// Builds the front end when there is no build or a source is newer than it. Runs on Node 20.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const built = join(root, 'build', 'index.html');
const sources = ['src', 'static', 'tiles', 'api', 'package-lock.json', 'svelte.config.js', 'vite.config.ts'];

const newestMs = (path) => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
};

if (!existsSync(built) || sources.some((source) => newestMs(join(root, source)) > statSync(built).mtimeMs)) {
  process.stdout.write('… building the front end\n');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
}
