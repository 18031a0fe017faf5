import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Database } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { notFound } from '../reading/read-query.ts';
import { listStationTree } from '../stations/queries.ts';
import { installationChain } from './contract.ts';

/**
 * The chains a viewer may read: of the stations whose auditor they are, and the installation's for who is auditor of
 * every top station, because it tells of all of them.
 * @param station narrows to one chain
 * @throws {Problem} 403 when the viewer is no auditor at all, 404 when the one asked for is not theirs
 */
export async function auditScope(database: Database, viewer: Viewer, station?: string): Promise<string[]> {
  const stationIds = viewer.stationIds.filter((id) => audienceOf(viewer, id, 'audit') === 'exact');
  if (stationIds.length === 0)
    throw new Problem(403, 'not-allowed', 'This account may not do that here', {
      detail: 'The audit log is for auditors.',
    });
  const tops = (await listStationTree(database)).filter(({ parentId }) => parentId === null);
  const chains = tops.every(({ id }) => stationIds.includes(id)) ? [installationChain, ...stationIds] : stationIds;
  if (station === undefined) return chains;
  const asked = station.toLowerCase();
  if (!chains.includes(asked)) throw notFound('station', station);
  return [asked];
}
