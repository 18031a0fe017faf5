import { createContext } from 'svelte';
import type { ChangedNoun } from '$api/live/contract.ts';
import { AlertState, setAlertState } from './alert-state.svelte.ts';
import { BaseDataState, setBaseDataState } from './base-data-state.svelte.ts';
import { ClockState, setClockState } from './clock-state.svelte.ts';
import { IncidentState, setIncidentState } from './incident-state.svelte.ts';
import { formatIncidentUrl, parseIncidentUrl } from './incident-url.ts';
import { DeskState, setDeskState } from './desk-state.svelte.ts';
import { GeofenceState, setGeofenceState } from './geofence-state.svelte.ts';
import { LayerState, setLayerState } from './layer-state.svelte.ts';
import { Listeners } from './listeners.ts';
import { formatMeasureUrl, MeasureState, parseMeasureUrl, setMeasureState } from './measure-state.svelte.ts';
import { PlaceChoice, setPlaceChoice } from './place-choice.svelte.ts';
import { SelectionState, setSelectionState } from './selection-state.svelte.ts';
import { setStationState, StationState } from './station-state.svelte.ts';
import { setUnitState, UnitState } from './unit-state.svelte.ts';
import { formatQuery, formatScreenUrl, parseScreenUrl, type ScreenUrl } from './url.ts';
import { setViewState, ViewState } from './view-state.svelte.ts';

export interface ScreenState {
  view: ViewState;
  layers: LayerState;
  selection: SelectionState;
  stations: StationState;
  base: BaseDataState;
  units: UnitState;
  clock: ClockState;
  incidents: IncidentState;
  measure: MeasureState;
  alerts: AlertState;
  geofences: GeofenceState;
  desk: DeskState;
  place: PlaceChoice;
  /** The server said that something of the station on the screen changed, or may have while nobody listened. */
  news: Listeners<ChangedNoun>;
}

/** What the server says has changed, by noun: whoever shows it reads it again. */
export const [getNews, setNews] = createContext<Listeners<ChangedNoun>>();

/**
 * Makes the states of one page from its address. `write` gets the new query ("?v=…", "" for none) whenever a person
 * changed what belongs into it; it is called at most every 300 ms, since browsers refuse faster address changes.
 */
export function createScreenState(url: URL, write: (query: string) => void): ScreenState {
  const screen: ScreenUrl = parseScreenUrl(url.searchParams);
  let shownIncidents = parseIncidentUrl(url.searchParams);
  let chosenMeasure = parseMeasureUrl(url.searchParams);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const publish = (part: Partial<ScreenUrl>): void => {
    Object.assign(screen, part);
    timer ??= setTimeout(() => {
      timer = undefined;
      // What others keep in the address (language, theme, the open table) is read at the time of writing.
      const others = new URLSearchParams(globalThis.location?.search ?? url.search);
      const params = formatIncidentUrl(shownIncidents, formatScreenUrl(screen, others));
      write(formatQuery(formatMeasureUrl(chosenMeasure, params)));
    }, 300);
  };
  const clock = new ClockState();
  const view = new ViewState(screen.view);
  const layers = new LayerState(screen.layers);
  const selection = new SelectionState(screen.selection);
  const stations = new StationState(screen.stationId);
  view.moves.add((moved) => publish({ view: moved.view }));
  layers.changes.add((shown) => publish({ layers: shown }));
  selection.changes.add((selected) => publish({ selection: selected }));
  stations.choices.add(({ id }) => publish({ stationId: id }));
  const incidents = new IncidentState(clock, shownIncidents);
  incidents.changes.add((shown) => {
    shownIncidents = shown;
    publish({});
  });
  const measure = new MeasureState(chosenMeasure);
  measure.changes.add((choice) => {
    chosenMeasure = choice;
    publish({});
  });
  return {
    view,
    layers,
    selection,
    stations,
    base: new BaseDataState(),
    units: new UnitState(clock),
    clock,
    incidents,
    measure,
    alerts: new AlertState(),
    geofences: new GeofenceState(),
    desk: new DeskState(),
    place: new PlaceChoice(),
    news: new Listeners<ChangedNoun>(),
  };
}

/** Hands the states down; call it while the page component is being made. Read them with getViewState(), getUnitState() … */
export function provideScreenState(screen: ScreenState): void {
  setViewState(screen.view);
  setLayerState(screen.layers);
  setSelectionState(screen.selection);
  setStationState(screen.stations);
  setBaseDataState(screen.base);
  setUnitState(screen.units);
  setClockState(screen.clock);
  setIncidentState(screen.incidents);
  setMeasureState(screen.measure);
  setAlertState(screen.alerts);
  setGeofenceState(screen.geofences);
  setDeskState(screen.desk);
  setPlaceChoice(screen.place);
  setNews(screen.news);
}
