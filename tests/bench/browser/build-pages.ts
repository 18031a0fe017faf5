import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const root = join(import.meta.dirname, '../../..');
let built: Promise<string> | undefined;

/** The pages of the map's benchmarks, with the product's own modules, built as the product is. @returns their folder */
export const buildPages = (): Promise<string> => (built ??= buildNow());

async function buildNow(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sd-bench-pages-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../page'),
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    resolve: { alias: { $lib: join(root, 'src/lib'), $api: join(root, 'api') } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      target: 'esnext',
      minify: process.env.NOMIN ? false : undefined,
    },
  });
  return folder;
}
