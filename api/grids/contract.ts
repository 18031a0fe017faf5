import { z } from 'zod';
import { bboxSchema } from '../positions/contract.ts';
import { textSchema, versionSchema } from '../reading/contract.ts';

/** `GET /api/grids?station&bbox` */
export const gridsQuerySchema = z.object({
  station: z.uuid('the id of a station (UUID)').optional(),
  bbox: bboxSchema.optional(),
});

/** Properties of a grid's feature; the feature's id is the grid's. */
export const gridPropertiesSchema = z.object({
  stationId: z.uuid(),
  number: z.string(),
  name: z.string().nullable(),
  /** Display name of the responsible officer; null: none named. */
  officer: z.string().nullable(),
});

export type GridProperties = z.infer<typeof gridPropertiesSchema>;

const positionSchema = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const ringsSchema = z.array(z.array(positionSchema).min(4).max(10_000)).min(1).max(100);

/** GeoJSON in WGS 84 degrees, rings closed; heights are not taken. */
export const areaSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Polygon'), coordinates: ringsSchema }),
  z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(ringsSchema).min(1).max(100) }),
]);
export type Area = z.infer<typeof areaSchema>;

/** `GET /api/grids/{id}`: one grid as its editor needs it. */
export const gridSchema = gridPropertiesSchema.extend({
  id: z.uuid(),
  officerId: z.uuid().nullable(),
  area: areaSchema,
  version: versionSchema,
});
export type Grid = z.infer<typeof gridSchema>;

/** `PUT /api/grids/{id}`. `officerId`: a member of the station whose role is officer. */
export const gridBodySchema = z.strictObject({
  number: textSchema(50),
  name: textSchema(100).nullable().default(null),
  officerId: z.uuid().nullable().default(null),
  area: areaSchema,
});
export type GridBody = z.infer<typeof gridBodySchema>;

/** `POST /api/grids` */
export const newGridSchema = gridBodySchema.extend({ stationId: z.uuid() });
export type NewGrid = z.infer<typeof newGridSchema>;

/**
 * `POST /api/grids/{id}/split` (If-Match): the line goes from outside to outside; the larger piece stays this grid, the
 * other becomes a new one with this number and the same officer. Answered with both; together they are the old area.
 */
export const gridSplitSchema = z.strictObject({
  line: z.array(positionSchema).min(2).max(1000),
  number: textSchema(50),
  name: textSchema(100).nullable().default(null),
});
export const splitGridSchema = z.object({ grids: z.array(gridSchema).length(2) });
export type SplitGrid = z.infer<typeof splitGridSchema>;

/** `POST /api/grids/{id}/merge?confirm=` (If-Match): the other grid becomes part of this one and is gone. */
export const gridMergeSchema = z.strictObject({ otherId: z.uuid() });

/** `GET /api/grids/last-edit?station` and `POST /api/grids/undo?confirm=`: the newest edit of a station's grids. */
export const lastGridEditQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)') });
export const gridUndoSchema = z.strictObject({ stationId: z.uuid() });
export const lastGridEditSchema = z.object({
  kind: z.enum(['create', 'change', 'delete', 'split', 'merge']),
  madeAt: z.string(),
  madeBy: z.string(),
  /** Numbers of the grids it changed, as they were, and as it left them. */
  before: z.array(z.string()),
  after: z.array(z.string()),
});
export type LastGridEdit = z.infer<typeof lastGridEditSchema>;
export const lastGridEditAnswerSchema = z.object({ edit: lastGridEditSchema.nullable() });

/** Where grids do not fit together: by how much, and a place in it to fly to. */
export const misfitSchema = z.object({
  numbers: z.array(z.string()),
  areaM2: z.number(),
  lngLat: z.tuple([z.number(), z.number()]),
});
export type Misfit = z.infer<typeof misfitSchema>;

/** Overlaps of this grid with its neighbours, and gaps of the station's grids. They are told, not refused; largest first. */
export const gridFitSchema = z.object({ overlaps: z.array(misfitSchema), gaps: z.array(misfitSchema) });
export type GridFit = z.infer<typeof gridFitSchema>;

/** Answer to a grid that was made or changed. */
export const savedGridSchema = z.object({ grid: gridSchema, fit: gridFitSchema });
export type SavedGrid = z.infer<typeof savedGridSchema>;

/** `POST /api/grids/check`: how an area would fit, with nothing stored. `id`: the grid it replaces. */
export const gridCheckSchema = z.strictObject({
  stationId: z.uuid(),
  id: z.uuid().nullable().default(null),
  area: areaSchema,
});
export type GridCheck = z.infer<typeof gridCheckSchema>;

/** `fault`: why the area is no valid polygon and where; then the fit is empty. */
export const checkedGridSchema = z.object({
  fault: z.object({ reason: z.string(), lngLat: z.tuple([z.number(), z.number()]).nullable() }).nullable(),
  fit: gridFitSchema,
});
export type CheckedGrid = z.infer<typeof checkedGridSchema>;
