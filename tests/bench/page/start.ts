// One page for all benchmarks of the map; the benchmark says which part it opens.
import './frames.ts';
import 'maplibre-gl/dist/maplibre-gl.css';
import './page.css';

const parts = {
  units: () => import('./units-page.ts'),
  resting: () => import('./resting-page.ts'),
  setData: () => import('./set-data-page.ts'),
  incidents: () => import('./incidents-page.ts'),
  jsonIncidents: () => import('./json-incidents-page.ts'),
} as const;

const name = new URLSearchParams(location.search).get('part') as keyof typeof parts;
/** What the benchmark calls by name, from outside. */
Object.assign(window, { part: await parts[name]() });
