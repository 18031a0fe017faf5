import { getIncidentState } from './incident-state.svelte.ts';
import { formatIncidentUrl, parseIncidentUrl } from './incident-url.ts';
import { getLayerState } from './layer-state.svelte.ts';
import { formatMeasureUrl, getMeasureState, parseMeasureUrl } from './measure-state.svelte.ts';
import type { ScreenState } from './screen-state.svelte.ts';
import { getSelectionState } from './selection-state.svelte.ts';
import { getStationState } from './station-state.svelte.ts';
import { formatQuery, formatScreenUrl, layerNames, parseScreenUrl } from './url.ts';
import { getViewState } from './view-state.svelte.ts';

/** The parts of a screen that its address tells. */
export type Addressed = Pick<ScreenState, 'view' | 'layers' | 'selection' | 'stations' | 'incidents' | 'measure'>;

/** Those of the page; call it while a component is being made. */
export const getAddressed = (): Addressed => ({
  view: getViewState(),
  layers: getLayerState(),
  selection: getSelectionState(),
  stations: getStationState(),
  incidents: getIncidentState(),
  measure: getMeasureState(),
});

/** Most of these would be the maker's own, and not the view. */
const foreign = ['language', 'theme'];

/**
 * The address's query that opens exactly what is shown: also what the address leaves out because nobody has changed it
 * here, as the station, which is another one for somebody else. What other parts keep in the address stays.
 */
export function readScreenQuery(screen: Addressed, search = ''): string {
  const { view, layers, selection, stations, incidents, measure } = screen;
  const others = new URLSearchParams(search);
  for (const name of foreign) others.delete(name);
  const params = formatScreenUrl(
    {
      stationId: stations.current?.id,
      view: view.current,
      layers: layers.shown,
      selection: selection.current,
    },
    others,
  );
  const { filter, heatM } = incidents;
  return formatQuery(formatMeasureUrl(measure.choice, formatIncidentUrl({ filter, heatM }, params)));
}

/** Shows on this screen what such a query says; the map flies there. */
export function showScreenQuery(screen: Addressed, query: string): void {
  const params = new URLSearchParams(query);
  const { stationId, layers, view, selection } = parseScreenUrl(params);
  const { filter, heatM } = parseIncidentUrl(params);
  // First of all: choosing a station flies to it and closes what was open.
  if (stationId !== undefined) screen.stations.choose(stationId);
  screen.layers.show(layers ?? new Set(layerNames));
  screen.incidents.narrow(filter);
  screen.incidents.heat(heatM);
  screen.measure.choose(parseMeasureUrl(params));
  screen.selection.select(selection);
  if (view) screen.view.goTo(view);
}
