import { readRevision } from '../basemap/queries.ts';
import { decodeWkb } from '../basemap/wkb.ts';
import type { Database } from '../database/database.ts';
import type { Bbox } from '../positions/contract.ts';
import { findStreets, listShownExtracts, type StreetRow } from './queries.ts';
import { buildStreetNetwork, type StreetNetwork } from './street-network.ts';

/** Streets are read a square at a time, so that no transaction is long. */
const cellDegrees = 0.025;
/** Wider than this is no one's surroundings. */
const maxSpanDegrees = 0.6;
/** Of different stations; a town of 30,000 streets takes about 8 MB. */
const maxNetworks = 4;

export interface StreetNetworks {
  /** The streets around a box, from memory when they were asked for before and no base map was imported since. */
  around(bbox: Bbox): Promise<StreetNetwork>;
}

/** Street networks in memory: read when first asked for, until the base map changes. */
export function createStreetNetworks(database: Database): StreetNetworks {
  let kept: { revision: number; bbox: Bbox; network: Promise<StreetNetwork> }[] = [];
  return {
    async around(asked) {
      const revision = await database.inScope([], readRevision);
      kept = kept.filter((entry) => entry.revision === revision);
      const bbox = roundOut(asked);
      const known = kept.find((entry) => contains(entry.bbox, bbox));
      if (known) {
        // Used last, dropped last.
        kept = [...kept.filter((entry) => entry !== known), known];
        return known.network;
      }
      const entry = { revision, bbox, network: readNetwork(database, bbox) };
      kept = [...kept, entry].slice(-maxNetworks);
      // What failed is asked for anew the next time.
      entry.network.catch(() => (kept = kept.filter((other) => other !== entry)));
      return entry.network;
    },
  };
}

async function readNetwork(database: Database, bbox: Bbox): Promise<StreetNetwork> {
  const extractIds = await database.inScope([], listShownExtracts);
  const rows = new Map<string, StreetRow>();
  for (const cell of extractIds.length === 0 ? [] : cellsOf(bbox)) {
    const found = await database.inScope([], (transaction) => findStreets(transaction, extractIds, cell));
    for (const row of found) rows.set(`${row.extractId} ${row.wayId} ${row.segment}`, row);
  }
  return buildStreetNetwork(
    preferFirst([...rows.values()], extractIds).map((row) => ({ ...row, positions: decodeWkb(row.line).parts[0]! })),
    bbox,
  );
}

/** Where extracts overlap they hold a way twice: the one that is shown is the one to go by. */
function preferFirst(rows: readonly StreetRow[], extractIds: readonly number[]): StreetRow[] {
  if (extractIds.length < 2) return [...rows];
  const rank = new Map(extractIds.map((id, index) => [id, index]));
  const best = new Map<number, number>();
  for (const { wayId, extractId } of rows) best.set(wayId, Math.min(best.get(wayId) ?? Infinity, rank.get(extractId)!));
  return rows.filter(({ wayId, extractId }) => best.get(wayId) === rank.get(extractId));
}

const contains = (outer: Bbox, inner: Bbox): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

/** Out to whole squares, and to no more than a city around the middle. */
function roundOut([west, south, east, north]: Bbox): Bbox {
  const [lng, lat] = [(west + east) / 2, (south + north) / 2];
  const half = maxSpanDegrees / 2;
  const down = (degrees: number) => Math.floor(degrees / cellDegrees + 1e-9) * cellDegrees;
  const up = (degrees: number) => Math.ceil(degrees / cellDegrees - 1e-9) * cellDegrees;
  return [
    down(Math.max(west, lng - half)),
    down(Math.max(south, lat - half)),
    up(Math.min(east, lng + half)),
    up(Math.min(north, lat + half)),
  ];
}

function cellsOf([west, south, east, north]: Bbox): Bbox[] {
  const cells: Bbox[] = [];
  const columns = Math.round((east - west) / cellDegrees);
  const rows = Math.round((north - south) / cellDegrees);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      cells.push([
        west + column * cellDegrees,
        south + row * cellDegrees,
        west + (column + 1) * cellDegrees,
        south + (row + 1) * cellDegrees,
      ]);
  return cells;
}
