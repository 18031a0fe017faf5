import type { Database } from '../database/database.ts';
import { listStationTree } from '../stations/queries.ts';
import type { Viewer } from './viewer.ts';

const freshForMs = 2000;

/** The built-in local viewer: sees every station there is; a new one is seen within two seconds. */
export function createLocalViewer(database: Database): () => Promise<Viewer> {
  let known: Promise<Viewer> | undefined;
  let knownAtMs = 0;
  return () => {
    if (!known || Date.now() - knownAtMs > freshForMs) {
      knownAtMs = Date.now();
      known = listStationTree(database).then((tree): Viewer => ({
        kind: 'local',
        stationIds: tree.map(({ id }) => id),
      }));
      known.catch(() => (known = undefined));
    }
    return known;
  };
}
