import { Problem } from '../errors.ts';
import { actions, nouns, type Action, type Audience, type Noun, type StationRights } from './contract.ts';
import { actionMatrix, matrix } from './matrix.ts';
import type { Viewer } from './viewer.ts';

export type { Audience, Noun as AudienceNoun } from './contract.ts';

const precision: Record<Audience, number> = { none: 0, own: 1, coarse: 2, exact: 3 };

/**
 * The one place that decides who may see what; queries, frames, tiles and exports take its answer as a parameter. Of
 * several roles the one that sees most counts.
 */
export function audienceOf(viewer: Viewer, stationId: string, noun: Noun): Audience {
  if (viewer.tokenNouns && !viewer.tokenNouns.includes(noun)) return 'none';
  let best: Audience = 'none';
  for (const role of viewer.rolesAt.get(stationId) ?? [])
    if (precision[matrix[role][noun]] > precision[best]) best = matrix[role][noun];
  return best;
}

/** Whether the viewer may do this at the station. A token only reads. */
export function mayDo(viewer: Viewer, stationId: string, action: Action): boolean {
  if (viewer.kind === 'token') return false;
  for (const role of viewer.rolesAt.get(stationId) ?? []) if (actionMatrix[role].has(action)) return true;
  return false;
}

/**
 * @throws {Problem} 404 where the viewer does not see the station at all, as for rows that are not there; 403 where it
 * does and may not do this.
 */
export function requireAction(viewer: Viewer, stationId: string, action: Action): void {
  if (mayDo(viewer, stationId, action)) return;
  if (!viewer.rolesAt.has(stationId)) throw new Problem(404, 'not-found', 'There is no such station');
  throw new Problem(403, 'not-allowed', 'This account may not do that here', {
    detail: `It needs a role that may ${action} at this station.`,
  });
}

/** The stations where the viewer may do this. */
export const stationsFor = (viewer: Viewer, action: Action): string[] =>
  viewer.stationIds.filter((id) => mayDo(viewer, id, action));

/** What the viewer is, sees and may do, station by station. */
export function rightsOf(viewer: Viewer): StationRights[] {
  return viewer.stationIds.map((stationId) => ({
    stationId,
    roles: [...(viewer.rolesAt.get(stationId) ?? [])],
    sees: Object.fromEntries(nouns.map((noun) => [noun, audienceOf(viewer, stationId, noun)])) as Record<
      Noun,
      Audience
    >,
    may: actions.filter((action) => mayDo(viewer, stationId, action)),
  }));
}
