import { z } from 'zod';

export const searchKinds = ['unit', 'sentinel', 'grid', 'street', 'place'] as const;
export type SearchKind = (typeof searchKinds)[number];

/** The most results of one answer. */
export const maxSearchResults = 20;

/** `GET /api/search?q&station&language`; with a station, its own things and what is near it come first. */
export const searchQuerySchema = z.object({
  q: z
    .string('one to 100 characters')
    .trim()
    .min(1, 'one to 100 characters')
    .max(100, 'one to 100 characters')
    .refine((text) => !text.includes('\0'), 'text without NUL'),
  station: z.uuid('the id of a station (UUID)').optional(),
  language: z.enum(['zh', 'en'], 'zh or en').default('zh'),
});

export type SearchQuery = z.infer<typeof searchQuerySchema>;

const degrees = z.number();

export const searchResultSchema = z.object({
  kind: z.enum(searchKinds),
  /** UUID of a unit, sentinel point or grid; `way/123`, `node/5` … of the base map. */
  id: z.string(),
  name: z.string(),
  /** What tells it from another of the same name: officer, address, the local name; null: nothing. */
  detail: z.string().nullable(),
  /** What it is within its kind: a unit's or sentinel point's kind, a road's or place's class; null for a grid. */
  class: z.string().nullable(),
  /** Null for a unit that has no place to show. */
  lngLat: z.tuple([degrees, degrees]).nullable(),
  /** Where it is more than a point. */
  bbox: z.tuple([degrees, degrees, degrees, degrees]).optional(),
});

export const searchResultsSchema = z.object({ results: z.array(searchResultSchema) });

export type SearchResult = z.infer<typeof searchResultSchema>;
