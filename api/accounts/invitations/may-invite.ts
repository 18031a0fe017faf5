import { requireAction } from '../audience.ts';
import { Problem } from '../../errors.ts';
import type { Viewer } from '../viewer.ts';

/**
 * Volunteers are invited by the officer of the grid that holds their sentinel point, or by who runs the station.
 * @throws {Problem} 404 outside the viewer's stations; 403 for other roles, and for officers of other grids
 */
export function requireInviter(viewer: Viewer, point: { stationId: string; officerIds: readonly string[] }): void {
  requireAction(viewer, point.stationId, 'invite');
  const roles = viewer.rolesAt.get(point.stationId);
  if (roles?.has('commander') || roles?.has('administrator')) return;
  if (viewer.memberId !== null && point.officerIds.includes(viewer.memberId)) return;
  throw new Problem(403, 'not-your-grid', 'This sentinel point lies in another officer’s grid', {
    detail: 'The officer of its grid invites its volunteers, or a commander or administrator of the station.',
  });
}
