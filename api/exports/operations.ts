import { inRoom, type Operation } from '../openapi/operation.ts';
import { exportSchema } from './contract.ts';

const { change } = inRoom('Exports');

export const exportOperations: readonly Operation[] = [
  change(
    'post',
    '/api/exports',
    'A file of incidents, grids, sentinel points or units; it is entered in the audit log',
    {
      may: 'exportRows',
      body: exportSchema,
      answers: {
        200: { says: 'the rows, streamed: GeoJSON, or CSV as asked for', mediaType: 'application/geo+json' },
        204: { says: 'a picture or a brief is noted' },
      },
    },
  ),
];
