import { requireAction } from '../accounts/audience.ts';
import { recordChange } from '../accounts/record-change.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { notFound } from '../reading/read-query.ts';
import type { Grid } from './contract.ts';
import { findGrid, lockGrid } from './edit-queries.ts';

/** The grid, locked, for one who may edit it. @throws {Problem} 404, 403 */
export async function openGrid(transaction: Transaction, viewer: Viewer, id: string): Promise<Grid> {
  await lockGrid(transaction, viewer.stationIds, id);
  const grid = await findGrid(transaction, viewer.stationIds, id);
  if (!grid) throw notFound('grid', id);
  requireAction(viewer, grid.stationId, 'editGrids');
  return grid;
}

/** As it stands after a change in the same transaction. */
export const readGrid = async (
  transaction: Transaction,
  { stationId, id }: Pick<Grid, 'stationId' | 'id'>,
): Promise<Grid> => (await findGrid(transaction, [stationId], id))!;

/** Keeps in the audit log what was done to a grid. */
export const recordGridChange = (
  dependencies: Pick<Dependencies, 'audit'>,
  transaction: Transaction,
  by: { viewer: Viewer; request: Request },
  action: string,
  { stationId, id, number: name }: Pick<Grid, 'stationId' | 'id' | 'number'>,
  detail: Record<string, unknown> = {},
): Promise<void> =>
  recordChange(dependencies, transaction, by, { stationId, action, target: { kind: 'grid', id, name }, detail });
