import { z } from 'zod';
import { bboxSchema } from '../positions/contract.ts';

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
