import { z } from 'zod';
import { incidentSources } from '../incidents/contract.ts';
import { bboxTupleSchema, unitKinds } from '../positions/contract.ts';
import { instantSchema } from '../reading/contract.ts';

/** Which incidents: as the map's filter, in the station's own time. What is left out narrows nothing. */
export const exportFilterSchema = z.strictObject({
  /** from ≤ time < to */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  /** Bit h: the hour from h to h + 1, local. */
  hours: z.int().min(0).max(0xff_ffff).default(0xff_ffff),
  /** Bit 0: Monday. */
  weekdays: z.int().min(0).max(0x7f).default(0x7f),
  hiddenCategories: z.array(z.string().max(200)).max(256).default([]),
  hiddenSources: z.array(z.enum(incidentSources)).max(incidentSources.length).default([]),
});
export type ExportFilter = z.output<typeof exportFilterSchema>;

const rows = {
  stationId: z.uuid(),
  format: z.enum(['geojson', 'csv']),
  /** Only what lies in it: [west, south, east, north]; left out: the whole station. A grid is in it when it touches it. */
  bbox: bboxTupleSchema.optional(),
};

/**
 * `POST /api/exports`. Rows come as a file, streamed; before the first is sent the audit log says who takes how many of
 * what, filtered how. `picture` and `brief` are made in the browser, which tells of it: 204.
 */
export const exportSchema = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('incidents'), ...rows, filter: exportFilterSchema.prefault({}) }),
  z.strictObject({
    what: z.literal('grids'),
    ...rows,
    filter: exportFilterSchema.prefault({}),
    /** The time that presence is summed over, whole hours; left out: the last 24 hours. */
    presenceFrom: instantSchema.optional(),
    presenceKinds: z.array(z.enum(unitKinds)).min(1).optional(),
  }),
  z.strictObject({ what: z.literal('sentinels'), ...rows }),
  z.strictObject({ what: z.literal('units'), ...rows }),
  z.strictObject({
    what: z.enum(['picture', 'brief']),
    stationId: z.uuid(),
    /** The query of the address that it shows. */
    query: z.string().max(2000),
  }),
]);
export type Export = z.output<typeof exportSchema>;
export type ExportRequest = z.input<typeof exportSchema>;
export type RowExport = Exclude<Export, { what: 'picture' | 'brief' }>;
