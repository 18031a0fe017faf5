import { audienceOf } from '../accounts/audience.ts';
import type { Noun } from '../accounts/contract.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { findGrids } from '../grids/queries.ts';
import { unitKinds, type Bbox } from '../positions/contract.ts';
import { hourMs } from '../presence/contract.ts';
import { findPresence } from '../presence/find-presence.ts';
import { hourOf } from '../presence/hours.ts';
import { runningPresenceOf } from '../presence/running-presence.ts';
import { findSentinels } from '../sentinels/queries.ts';
import { findUnits } from '../units/queries.ts';
import { unitScope } from '../units/unit-scope.ts';
import type { RowExport } from './contract.ts';
import { countByGrid, countIncidents, findIncidentPage, findTimeZone, type IncidentMatch } from './queries.ts';
import { pointText, type Cell, type ExportedRow } from './write-rows.ts';

/** An export that is known before its first row is sent. */
export interface OpenedExport {
  header: readonly string[];
  count: number;
  pages: AsyncIterator<readonly ExportedRow[]>;
}

/** Rows a transaction: some tens of milliseconds. */
const pageRows = 2000;

/**
 * What is exported, at the precision this viewer sees it with.
 * @throws {Problem} 403 where they do not see it exactly: a coarse file would be taken for an exact one.
 */
export async function openExport(
  database: Database,
  viewer: Viewer,
  asked: RowExport,
  nowMs: number,
): Promise<OpenedExport> {
  const sees = (noun: Noun): boolean => audienceOf(viewer, asked.stationId, noun) === 'exact';
  const noun = { incidents: 'incidents', grids: 'grids', sentinels: 'sentinels', units: 'whereabouts' } as const;
  if (!sees(noun[asked.what]))
    throw new Problem(403, 'not-allowed', 'This account may not do that here', {
      detail: `It does not see the ${asked.what} of this station exactly.`,
    });
  switch (asked.what) {
    case 'incidents':
      return openIncidents(database, asked, sees('incidentTexts'));
    case 'grids':
      return openGrids(database, asked, { hasIncidents: sees('incidents'), hasPresence: sees('presence') }, nowMs);
    case 'sentinels':
      return openSentinels(database, asked);
    case 'units':
      return openUnits(database, viewer, asked);
  }
}

async function matchOf(
  database: Database,
  { stationId, filter, bbox }: Extract<RowExport, { what: 'incidents' | 'grids' }>,
): Promise<IncidentMatch> {
  const timeZone = await database.inScope([stationId], (transaction) => findTimeZone(transaction, stationId));
  return { stationId, timeZone: timeZone ?? 'UTC', filter, bbox };
}

async function openIncidents(
  database: Database,
  asked: Extract<RowExport, { what: 'incidents' }>,
  hasTexts: boolean,
): Promise<OpenedExport> {
  const match = await matchOf(database, asked);
  const scope = [asked.stationId];
  const { count, lastNumber } = await database.inScope(scope, (transaction) => countIncidents(transaction, match));
  const header = ['number', 'category', 'source', 'at', 'lng', 'lat', 'state', ...(hasTexts ? ['text'] : [])];
  // What comes meanwhile has a higher number and was not counted.
  async function* pages() {
    for (let after = 0; after < lastNumber;) {
      const rows = await database.inScope(scope, (transaction) =>
        findIncidentPage(transaction, match, { after, last: lastNumber, limit: pageRows, hasTexts }),
      );
      yield rows.map(({ number, category, source, at, lng, lat, state, text }) => ({
        cells: [number, category, source, localIso(at, match.timeZone), lng, lat, state, ...(hasTexts ? [text] : [])],
        geometry: pointText(lng, lat),
      }));
      after = rows.length < pageRows ? lastNumber : rows.at(-1)!.number;
    }
  }
  return { header, count, pages: pages() };
}

async function openGrids(
  database: Database,
  asked: Extract<RowExport, { what: 'grids' }>,
  { hasIncidents, hasPresence }: { hasIncidents: boolean; hasPresence: boolean },
  nowMs: number,
): Promise<OpenedExport> {
  const { stationId, bbox } = asked;
  const match = await matchOf(database, asked);
  const { grids, counts } = await database.inScope([stationId], async (transaction) => ({
    grids: await findGrids(transaction, [stationId], bbox),
    counts: new Map((await countByGrid(transaction, match)).map((row) => [row.gridId, row])),
  }));
  const toMs = Math.ceil(nowMs / hourMs) * hourMs;
  const fromMs = hourOf(asked.presenceFrom ?? toMs - 24 * hourMs);
  const span = { fromMs: Math.min(fromMs, toMs - hourMs), toMs, kinds: asked.presenceKinds ?? unitKinds };
  const presence = hasPresence
    ? await findPresence(database, runningPresenceOf(database), stationId, span, nowMs)
    : undefined;
  const presenceOf = new Map(presence?.grids.map((row) => [row.gridId, row]));
  const header = [
    'number',
    'name',
    'officer',
    'areaKm2',
    ...(hasIncidents ? ['incidents', 'incidentsPerKm2'] : []),
    ...(hasPresence ? ['presenceMinutes', 'visits', 'presenceFrom', 'presenceTo'] : []),
  ];
  const rows = grids.map(({ id, number, name, officer, geometry }) => {
    const counted = counts.get(id);
    const areaKm2 = counted?.areaKm2 ?? 0;
    const cells: Cell[] = [number, name, officer, round(areaKm2)];
    if (hasIncidents) cells.push(counted?.count ?? 0, areaKm2 > 0 ? round((counted?.count ?? 0) / areaKm2) : null);
    if (presence) {
      // Where nobody was ever tracked, nothing is known: not 0.
      const known = presence.countedFrom === null ? undefined : presenceOf.get(id);
      cells.push(known ? round(known.seconds / 60) : null, known?.visits ?? null, presence.from, presence.to);
    }
    return { cells, geometry };
  });
  return { header, count: rows.length, pages: onePage(rows) };
}

async function openSentinels(
  database: Database,
  { stationId, bbox }: { stationId: string; bbox?: Bbox | undefined },
): Promise<OpenedExport> {
  const points = await database.inScope([stationId], (transaction) => findSentinels(transaction, [stationId], bbox));
  const rows = points.map(({ number, name, kind, address, memberCount, geometry }) => {
    const { coordinates } = JSON.parse(geometry) as { coordinates: [number, number] };
    return { cells: [number, name, kind, address, memberCount, ...coordinates], geometry };
  });
  const header = ['number', 'name', 'kind', 'address', 'memberCount', 'lng', 'lat'];
  return { header, count: rows.length, pages: onePage(rows) };
}

/** Where units on duty are now; nobody's name. */
async function openUnits(
  database: Database,
  viewer: Viewer,
  { stationId, bbox }: { stationId: string; bbox?: Bbox | undefined },
): Promise<OpenedExport> {
  const scope = unitScope(viewer, [stationId]);
  const units = await database.inScope(scope.stationIds, (transaction) => findUnits(transaction, scope));
  const isInside = (lng: number | null, lat: number | null): boolean =>
    !bbox || (lng !== null && lat !== null && lng >= bbox[0] && lng <= bbox[2] && lat >= bbox[1] && lat <= bbox[3]);
  const rows = units
    .filter(({ dutyState, lng, lat }) => dutyState === 'on' && isInside(lng, lat))
    .map(({ callSign, kind, lng, lat, observedAtMs, speedMps, headingDeg, accuracyM, batteryPct }) => ({
      cells: [
        callSign,
        kind,
        lng,
        lat,
        observedAtMs === null ? null : new Date(observedAtMs).toISOString(),
        ...[speedMps, headingDeg, accuracyM, batteryPct].map((value) => (value === null ? null : round(value))),
      ],
      geometry: pointText(lng, lat),
    }));
  const header = ['callSign', 'kind', 'lng', 'lat', 'at', 'speedMps', 'headingDeg', 'accuracyM', 'batteryPct'];
  return { header, count: rows.length, pages: onePage(rows) };
}

async function* onePage(rows: readonly ExportedRow[]) {
  yield rows;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** ISO 8601 in the station's own time, with its offset: a file that is imported again says the same moment. */
function localIso(at: Date, timeZone: string): string {
  // Dear to make, and there are as many of them as rows.
  let format = formats.get(timeZone);
  if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('en-GB', { ...localFormat, timeZone })));
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const offset = parts['timeZoneName'] === 'GMT' ? 'Z' : (parts['timeZoneName'] ?? 'GMT+00:00').slice(3);
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}:${parts['second']}${offset}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const localFormat = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
} as const;
