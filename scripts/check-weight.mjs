// What a first visit fetches before the map's code, compressed as sent: fails above the limit, and when the map's
// libraries slip out of their own chunk. Run after npm run build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, brotliCompressSync } from 'node:zlib';

const limitBytes = 250_000;
const root = join(import.meta.dirname, '..');
const client = join(root, '.svelte-kit/output/client');
const manifest = JSON.parse(readFileSync(join(client, '.vite/manifest.json'), 'utf8'));
const built = (file) => readFileSync(join(root, 'build', file));

const entries = Object.entries(manifest);
const entry = (ending) => {
  const found = entries.find(([name]) => name.endsWith(ending));
  if (!found) throw new Error(`The build has no ${ending}: run npm run build first.`);
  return found[0];
};

/** Files that load without anyone asking for more: the entries and all they import. */
const files = new Set();
const seen = new Set();
function follow(name) {
  if (seen.has(name)) return;
  seen.add(name);
  const { file, css = [], imports = [] } = manifest[name];
  files.add(file);
  for (const sheet of css) files.add(sheet);
  for (const each of imports) follow(each);
}
/** Nodes are numbered, layouts first: the one that is the map's page is told by what it draws. */
const nodes = join(root, '.svelte-kit/generated/client-optimized/nodes');
const mapPage = readdirSync(nodes).find((name) =>
  readFileSync(join(nodes, name), 'utf8').includes('/src/routes/+page.svelte'),
);
if (!mapPage) throw new Error('The build has no page at /: this check no longer sees it.');
const start = ['client/entry.js', 'client-optimized/app.js', 'nodes/0.js', `nodes/${mapPage}`];
// The language is asked for by the page itself; Chinese is what it starts in.
for (const ending of [...start, 'src/lib/i18n/zh.ts']) follow(entry(ending));

const mapOnly = /maplibre-gl|@deck\.gl|@luma\.gl/;
const mapEntry = manifest[entry('src/lib/map/Map.svelte')].file;
/** Without the names of files that are fetched later: a sheet may be called after the library it came with. */
const codeOf = (file) =>
  built(file)
    .toString()
    .replaceAll(/"\.\.\/(assets|chunks|nodes)\/[^"]*"/g, '');
const slipped = [...files].filter((file) => file === mapEntry || (file.endsWith('.js') && mapOnly.test(codeOf(file))));

const sheets = [...files].filter((file) => file.endsWith('.css')).map((file) => built(file).toString());
const fonts = new Set(
  [...sheets.join('').matchAll(/((?:latin|core)-\d+\.[\w-]+\.woff2)/g)].map(
    ([name]) => `_app/immutable/assets/${name}`,
  ),
);
for (const font of fonts) files.add(font);
for (const file of ['index.html', 'theme.js', 'icon.svg']) files.add(file);

let gzip = 0;
let brotli = 0;
const rows = [...files].map((file) => {
  const bytes = built(file);
  const isPacked = file.endsWith('.woff2');
  const row = {
    file: file.replace('_app/immutable/', ''),
    gzip: isPacked ? bytes.length : gzipSync(bytes, { level: 9 }).length,
    brotli: isPacked ? bytes.length : brotliCompressSync(bytes).length,
  };
  gzip += row.gzip;
  brotli += row.brotli;
  return row;
});
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
for (const row of rows.sort((a, b) => b.gzip - a.gzip))
  process.stdout.write(`${kB(row.gzip)} ${kB(row.brotli)}  ${row.file}\n`);
process.stdout.write(
  `${kB(gzip)} ${kB(brotli)}  first visit before the map, gzip and brotli; limit ${kB(limitBytes).trim()}\n`,
);

if (fonts.size < 4) {
  process.stderr.write(
    `Only ${fonts.size} of the first visit's four fonts were found: this check no longer sees them.\n`,
  );
  process.exitCode = 1;
}
if (slipped.length > 0) {
  process.stderr.write(
    `The map's code is in the first visit: ${slipped.join(', ')}. Import it only from src/lib/map.\n`,
  );
  process.exitCode = 1;
}
if (gzip > limitBytes) {
  process.stderr.write(`The first visit is ${kB(gzip - limitBytes).trim()} too heavy.\n`);
  process.exitCode = 1;
}
