import { audienceOf } from '../accounts/audience.ts';
import type { Viewer } from '../accounts/viewer.ts';

/** Which of a station's figures a viewer sees. */
export interface FigureScope {
  strength: boolean;
  /** `coarse`: whole hours, and no one or two. */
  incidents: 'exact' | 'coarse' | 'none';
  sentinels: boolean;
  alerts: boolean;
  dispatches: boolean;
}

export function figureScope(viewer: Viewer, stationId: string): FigureScope {
  const isExact = (noun: Parameters<typeof audienceOf>[2]): boolean => audienceOf(viewer, stationId, noun) === 'exact';
  const incidents = audienceOf(viewer, stationId, 'incidents');
  return {
    strength: isExact('whereabouts'),
    incidents: incidents === 'own' ? 'none' : incidents,
    // How many points told of something is a count of incidents.
    sentinels: isExact('sentinels') && incidents !== 'none',
    alerts: isExact('alerts'),
    dispatches: isExact('dispatches'),
  };
}

export const seesAny = ({ strength, incidents, alerts, dispatches }: FigureScope): boolean =>
  strength || incidents !== 'none' || alerts || dispatches;
