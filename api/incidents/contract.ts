import { z } from 'zod';
import { bboxSchema } from '../positions/contract.ts';
import { instantSchema, versionSchema } from '../reading/contract.ts';

/** Who told of an incident. */
export const incidentSources = ['citizen', 'patrol', 'sentinel'] as const;
export type IncidentSource = (typeof incidentSources)[number];

/** Open: somebody still works on it. */
export const incidentStates = ['open', 'closed'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** What stands on the timeline of an incident. */
export const incidentEventKinds = [
  'created',
  'corrected',
  'dispatched',
  'accepted',
  'declined',
  'cancelled',
  'arrived',
  'handedOver',
  'closed',
  'reopened',
  'withdrawn',
] as const;
export type IncidentEventKind = (typeof incidentEventKinds)[number];

/** Categories of the demo station with their labels; imported incidents bring their own. */
export const incidentCategories = {
  theft: { zh: '盗窃', en: 'Theft' },
  burglary: { zh: '入室盗窃', en: 'Burglary' },
  'bike-theft': { zh: '盗窃电动自行车', en: 'E-bike theft' },
  fraud: { zh: '诈骗', en: 'Fraud' },
  dispute: { zh: '纠纷', en: 'Dispute' },
  'domestic-dispute': { zh: '家庭纠纷', en: 'Domestic dispute' },
  fight: { zh: '打架斗殴', en: 'Fight' },
  'traffic-accident': { zh: '交通事故', en: 'Traffic accident' },
  'illegal-parking': { zh: '违停堵路', en: 'Blocked road' },
  noise: { zh: '噪音扰民', en: 'Noise' },
  assistance: { zh: '求助', en: 'Call for help' },
  'missing-person': { zh: '走失', en: 'Missing person' },
  'fire-hazard': { zh: '火灾隐患', en: 'Fire hazard' },
  drowning: { zh: '涉水警情', en: 'Water emergency' },
  drunkenness: { zh: '醉酒滋事', en: 'Drunkenness' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type IncidentCategory = keyof typeof incidentCategories;

const listOf = <Entry>(entry: z.ZodType<Entry, string>, most: number) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(entry).min(1).max(most, `at most ${most}, separated by commas`));

const u32 = z
  .string()
  .regex(/^\d{1,10}$/, 'a whole number')
  .transform(Number)
  .pipe(z.number().max(0xffff_ffff));

/** What narrows incidents: from ≤ time < to, in milliseconds since 1970; categories by their stored names. */
const incidentFilter = {
  station: z.uuid('the id of a station (UUID)').optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  bbox: bboxSchema.optional(),
  categories: listOf(z.string().min(1).max(200), 64).optional(),
  sources: listOf(z.string().pipe(z.enum(incidentSources)), incidentSources.length).optional(),
};

/** `GET /api/incidents`: newest first. */
export const incidentsQuerySchema = z.object({
  ...incidentFilter,
  numbers: listOf(u32, 100).optional(),
  state: z.enum(incidentStates, 'open or closed').optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type IncidentsQuery = z.infer<typeof incidentsQuerySchema>;

/**
 * `GET /api/incidents.arrow`: `after` gives only those with a higher number, which are those that came later. With
 * `rewrites`, the count that a viewer holds, also those up to `after` that have changed since.
 */
export const incidentColumnsQuerySchema = z.object({
  ...incidentFilter,
  after: u32.optional(),
  rewrites: u32.optional(),
});
export type IncidentColumnsQuery = z.infer<typeof incidentColumnsQuerySchema>;

export const incidentSchema = z.object({
  id: z.uuid(),
  stationId: z.uuid(),
  /** Station-local (u32), the incident's name in columns. */
  number: z.number(),
  category: z.string(),
  source: z.enum(incidentSources),
  /** When it happened, ISO 8601. */
  at: z.string(),
  lngLat: z.tuple([z.number(), z.number()]),
  /** Null: nothing was written down, or it is not for this viewer. */
  text: z.string().nullable(),
  state: z.enum(incidentStates),
  /** The sentinel point that told of it, when one did. */
  sentinelId: z.uuid().nullable(),
  version: versionSchema,
});
export const incidentsSchema = z.object({ incidents: z.array(incidentSchema) });
export type Incident = z.infer<typeof incidentSchema>;

export const incidentSummaryQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)').optional() });

/** Days that a summary counts, up to the last full hour. */
export const summaryDays = 7;
/** Fewer than this in a grid and category may single a person out: who sees coarsely is told "1–2". */
export const fewestTold = 3;

/** `GET /api/incidents/summary`: counts by grid and category; never a point, a time or a text. */
export const incidentSummarySchema = z.object({
  /** ISO 8601; whole hours, so that watching the counts does not tell the minute of an incident. */
  from: z.string(),
  to: z.string(),
  grids: z.array(
    z.object({
      stationId: z.uuid(),
      /** Null: in no grid. */
      gridId: z.uuid().nullable(),
      /** The sum, "1–2" taken as 1: what is not told cannot be found by subtracting. */
      atLeast: z.number(),
      /** Null: one or two. */
      categories: z.array(z.object({ category: z.string(), count: z.number().nullable() })),
    }),
  ),
});
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;

/**
 * The columns of `GET /api/incidents.arrow` (Arrow IPC stream, application/vnd.apache.arrow.stream): number u32, lng and
 * lat i32 in 1e-5 degrees, time i32 in minutes since `columnEpochMs`, category u8 into a dictionary that grows by deltas,
 * source u8 into `incidentSources`. The schema's metadata carries `rewrites`: when it differs from what a viewer holds,
 * known rows changed. Where it also carries `changedSince` with what the viewer asked by, the first rows are those that
 * changed and `gone` the numbers of those that vanished, separated by commas; else all are fetched again.
 */
export const columnEpochMs = Date.UTC(2020, 0, 1);
export const columnDegrees = 1e-5;
/** A station's 256th category and all after it share the last entry of the dictionary, which is empty. */
export const maxColumnCategories = 256;
