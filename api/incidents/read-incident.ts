import { createHash } from 'node:crypto';
import type { CoordinateSystem } from '../imports/convert-coordinates.ts';
import { textOf, type ColumnMap, type FieldName } from '../imports/map-columns.ts';
import { placeFields, readPlace } from '../imports/read-place.ts';
import { expectedTime, type ReadTime } from '../imports/read-time.ts';
import type { Reject, SourceRow } from '../imports/source-row.ts';
import { incidentSources, type IncidentSource } from './contract.ts';

/** An incident of a file, in our words. */
export interface ReadIncident {
  line: number;
  /** Null: the file has no ids. */
  sourceId: string | null;
  source: IncidentSource;
  category: string;
  occurredAtMs: number;
  lng: number;
  lat: number;
  description: string | null;
  doubt?: ReadTime['doubt'];
}

export const incidentFields: readonly FieldName[] = [
  {
    name: 'source_id',
    aliases: [
      'id',
      'uid',
      'case_id',
      'case_number',
      'incident_id',
      'objectid',
      '编号',
      '警情编号',
      '案件编号',
      '接警编号',
    ],
  },
  {
    name: 'category',
    aliases: [
      'offense_type',
      'offence_type',
      'primary_type',
      'type',
      'crime_type',
      'kind',
      '类别',
      '警情类别',
      '警情类型',
      '案件类别',
      '案件类型',
      '类型',
    ],
  },
  {
    name: 'occurred_at',
    aliases: [
      'datetime',
      'date_time',
      'timestamp',
      'occurred',
      'incident_datetime',
      'date_single',
      '发生时间',
      '案发时间',
      '报警时间',
      '接警时间',
    ],
  },
  { name: 'date', aliases: ['incident_date', '日期', '发生日期'] },
  { name: 'time', aliases: ['incident_time', '时间', '时刻'] },
  ...placeFields,
  { name: 'source', aliases: ['reported_by', '来源', '警情来源'] },
  { name: 'description', aliases: ['details', 'note', 'notes', '描述', '简要案情', '警情描述'] },
];

const sourceOf = new Map<string, IncidentSource>([
  ...incidentSources.map((source) => [source, source] as const),
  ['群众', 'citizen'],
  ['群众报警', 'citizen'],
  ['110', 'citizen'],
  ['报警', 'citizen'],
  ['巡逻', 'patrol'],
  ['巡逻发现', 'patrol'],
  ['哨点', 'sentinel'],
  ['哨点上报', 'sentinel'],
]);

/** One row as an incident, or all that is wrong with it. */
export function readIncident(
  row: SourceRow,
  map: ColumnMap,
  { crs, readTime }: { crs: CoordinateSystem; readTime: (text: string) => ReadTime | undefined },
): ReadIncident | Reject[] {
  const rejects: Reject[] = [];
  const refuse = (field: string, got: string, expected: string) =>
    void rejects.push({ line: row.line, field, got: got || 'nothing', expected });

  const sourceId = map.has('source_id') ? textOf(row, map, 'source_id') : null;
  if (sourceId === '') refuse('source_id', '', 'the id that the incident has in the system it comes from');
  const category = textOf(row, map, 'category');
  if (category === '' || category.length > 200) refuse('category', category, 'a category of 1 to 200 characters');
  const whenText = map.has('occurred_at')
    ? textOf(row, map, 'occurred_at')
    : `${textOf(row, map, 'date')} ${textOf(row, map, 'time')}`.trim();
  const when = readTime(whenText);
  if (!when) refuse('occurred_at', whenText, expectedTime);
  else if (when.atMs > Date.now() + 86_400_000) refuse('occurred_at', whenText, 'a time that has been');
  const place = readPlace(row, map, crs);
  if (!Array.isArray(place)) rejects.push({ line: row.line, ...place });
  const sourceText = textOf(row, map, 'source');
  const source = sourceText === '' ? 'citizen' : sourceOf.get(sourceText.toLowerCase());
  if (!source) refuse('source', sourceText, `one of ${incidentSources.join(', ')}`);

  if (rejects.length > 0 || !when || !Array.isArray(place) || !source) return rejects;
  return {
    line: row.line,
    sourceId,
    source,
    category,
    occurredAtMs: when.atMs,
    lng: place[0],
    lat: place[1],
    description: textOf(row, map, 'description') || null,
    ...(when.doubt && { doubt: when.doubt }),
  };
}

/**
 * Gives incidents of a file without ids one made from what they are, so that a second run of the file finds them again;
 * equal rows are numbered. Where the file has ids, one that stands twice is rejected from its second row on.
 */
export function nameIncidents(incidents: readonly ReadIncident[]): {
  named: (ReadIncident & { sourceId: string })[];
  rejects: Reject[];
} {
  const firstLines = new Map<string, number>();
  const rejects: Reject[] = [];
  const named = incidents.flatMap((incident) => {
    if (incident.sourceId === null) {
      const body = JSON.stringify([
        incident.category,
        incident.occurredAtMs,
        incident.lng,
        incident.lat,
        incident.description,
      ]);
      const copies = (firstLines.get(body) ?? 0) + 1;
      firstLines.set(body, copies);
      const hash = createHash('sha256').update(`${body}#${copies}`).digest('hex').slice(0, 32);
      return [{ ...incident, sourceId: `row-${hash}` }];
    }
    const key = `${incident.source} ${incident.sourceId}`;
    const first = firstLines.get(key);
    if (first === undefined) {
      firstLines.set(key, incident.line);
      return [{ ...incident, sourceId: incident.sourceId }];
    }
    rejects.push({
      line: incident.line,
      field: 'source_id',
      got: incident.sourceId,
      expected: `an id of its own; line ${first} has it`,
    });
    return [];
  });
  return { named, rejects };
}
