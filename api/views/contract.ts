import { z } from 'zod';
import { textSchema, versionSchema } from '../reading/contract.ts';

/** So many of one person, and so many of one station. */
export const maxViews = 100;
export const defaultTourSeconds = 20;

/** `GET /api/views?station`: the station's and the viewer's own, in their order. */
export const viewsQuerySchema = z.object({ station: z.uuid('the id of a station (UUID)').optional() });

const expectedQuery = 'nothing, or a "?" and what may stand behind it in an address, 2,000 characters at most';

const viewFields = {
  stationId: z.uuid(),
  name: textSchema(60),
  /** What stands behind the address of the map: `/` + query opens the view. */
  query: z
    .string()
    .max(2000, expectedQuery)
    // RFC 3986, 3.4; a link of nothing else can be made of it.
    .regex(/^(\?[\w\-.~!$&'()*+,;=:@/?%]*)?$/, expectedQuery),
  /** Seen by everybody with a desk or a wall of the station; else by its maker alone. */
  isShared: z.boolean(),
  position: z.int().min(0).max(100_000).default(0),
  /** A wall shows it in its turn, for so many seconds. */
  isOnTour: z.boolean().default(false),
  seconds: z.int().min(5).max(3600).default(defaultTourSeconds),
};

/**
 * `PUT /api/views/{id}`, the id a UUIDv7 made by the client: a new view, or a changed one with `If-Match`. The same
 * request again is answered as before.
 */
export const viewBodySchema = z.strictObject(viewFields).refine(({ isShared, isOnTour }) => isShared || !isOnTour, {
  path: ['isOnTour'],
  error: 'false, or a view that is shared with the station',
});
export type ViewBody = z.infer<typeof viewBodySchema>;

export const savedViewSchema = z.object({ ...viewFields, id: z.uuid(), version: versionSchema });
export type SavedView = z.infer<typeof savedViewSchema>;

export const savedViewsSchema = z.object({ views: z.array(savedViewSchema) });
