import { z } from 'zod';
import { inRoom, json, type Operation } from '../openapi/operation.ts';

const { get } = inRoom('Base map');
const whole = z.int().min(0);

export const basemapOperations: readonly Operation[] = [
  get('/api/tiles/base.json', 'TileJSON of the base map', { answers: { 200: json('TileJSON 3.0.0') } }),
  get('/api/tiles/base/{z}/{x}/{file}', 'One vector tile; file is {y}.mvt', {
    parameters: { z: whole, x: whole, file: z.string().regex(/^\d{1,8}\.mvt$/) },
    query: z.object({ r: z.string().optional() }),
    answers: {
      200: {
        says: 'the tile; with the current revision as ?r= it may be kept for ever',
        mediaType: 'application/vnd.mapbox-vector-tile',
      },
      204: { says: 'nothing is there' },
      304: { says: 'as it was (If-None-Match)' },
    },
    refuses: { 400: 'bad-tile-address', 404: 'no-such-tile' },
  }),
];
