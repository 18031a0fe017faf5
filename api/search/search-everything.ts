import type { Viewer } from '../accounts/viewer.ts';
import type { Database } from '../database/database.ts';
import type { Bbox } from '../positions/contract.ts';
import { audienceOf, type AudienceNoun } from '../accounts/audience.ts';
import { notFound } from '../reading/read-query.ts';
import { findStations } from '../stations/queries.ts';
import { unitScope } from '../units/unit-scope.ts';
import { maxSearchResults, searchKinds, type SearchKind, type SearchQuery, type SearchResult } from './contract.ts';
import { foldText } from './fold-text.ts';
import {
  searchBasemap,
  searchGrids,
  searchSentinels,
  searchUnits,
  type FoundArea,
  type FoundRow,
  type Match,
} from './queries.ts';

interface Ranked {
  match: Match;
  result: SearchResult;
}

/**
 * The best results over all nouns: whole names before beginnings before parts, then units, sentinel points, grids,
 * streets, places; within one noun in its query's order. Empty when nothing fits.
 */
export async function searchEverything(
  database: Database,
  viewer: Viewer,
  { q, station, language }: SearchQuery,
): Promise<SearchResult[]> {
  const text = foldText(q);
  const asked = station === undefined ? viewer.stationIds : [station.toLowerCase()];
  if (station !== undefined && !viewer.rolesAt.has(asked[0]!)) throw notFound('station', station);
  const seen = (noun: AudienceNoun) => asked.filter((id) => audienceOf(viewer, id, noun) !== 'none');
  const units = unitScope(viewer, asked);
  const sentinels = seen('sentinels');
  const grids = seen('grids');
  const found = await database.inScope(asked, async (transaction): Promise<Ranked[]> => {
    const near = station === undefined ? undefined : (await findStations(transaction, [station]))[0]?.bbox;
    return [
      ...(await searchUnits(transaction, units, text)).map((row) => pointResult('unit', row)),
      ...(await searchSentinels(transaction, sentinels, text)).map((row) => pointResult('sentinel', row)),
      ...(await searchGrids(transaction, grids, text)).map((row) => areaResult('grid', row)),
      ...(await searchBasemap(transaction, text, language, near ?? undefined)).map((row) => areaResult(row.kind, row)),
    ];
  });
  return found
    .sort((a, b) => a.match - b.match || searchKinds.indexOf(a.result.kind) - searchKinds.indexOf(b.result.kind))
    .slice(0, maxSearchResults)
    .map(({ result }) => result);
}

function pointResult(kind: SearchKind, { match, id, name, detail, class: kindOf, lng, lat }: FoundRow): Ranked {
  const lngLat: SearchResult['lngLat'] = lng === null || lat === null ? null : [round(lng), round(lat)];
  return { match, result: { kind, id, name, detail, class: kindOf, lngLat } };
}

function areaResult(kind: SearchKind, row: FoundArea): Ranked {
  const { match, result } = pointResult(kind, row);
  const bbox: Bbox = [round(row.west), round(row.south), round(row.east), round(row.north)];
  const isPoint = bbox[0] === bbox[2] && bbox[1] === bbox[3];
  return { match, result: isPoint ? result : { ...result, bbox } };
}

/** Seven decimals of a degree are a centimetre. */
const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
