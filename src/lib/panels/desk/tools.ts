import Bell from '@lucide/svelte/icons/bell';
import Bookmark from '@lucide/svelte/icons/bookmark';
import Hexagon from '@lucide/svelte/icons/hexagon';
import History from '@lucide/svelte/icons/history';
import Download from '@lucide/svelte/icons/download';
import MapPinPlus from '@lucide/svelte/icons/map-pin-plus';
import Send from '@lucide/svelte/icons/send';
import type { Component } from 'svelte';
import type { PlainKey, Room } from '$lib/i18n/messages.ts';
import type { ToolName } from '$lib/state/desk-state.svelte.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';

/** What every tool's panel is given. */
export interface ToolProps {
  /** What it was opened for: an incident's id, a geofence's. */
  about: string | undefined;
}

export interface Tool {
  name: ToolName;
  label: PlainKey;
  icon: Component<{ size?: number }>;
  /** The letter that opens it. */
  key?: string;
  /** Words that its panel needs besides the desk's. */
  room?: Room;
  mayUse(session: SessionState, stationId: string): boolean;
  /** Its panel, which takes of `ToolProps` what it needs. */
  load(): Promise<{ default: Component<never> }>;
  /** What stands on its button, such as how many alerts wait. */
  loadBadge?(): Promise<{ default: Component }>;
}

/** The letter that puts the focus on the map, which arrows then move. */
export const focusMapKey = 'm';

/** The desk's tools in the order of their buttons. */
export const tools: readonly Tool[] = [
  {
    name: 'record',
    label: 'desk.record',
    icon: MapPinPlus,
    key: 'n',
    room: 'record',
    mayUse: (session, stationId) => session.may('recordIncidents', stationId),
    load: () => import('../record/RecordTool.svelte'),
  },
  {
    name: 'dispatch',
    label: 'desk.dispatch',
    icon: Send,
    key: 'd',
    room: 'dispatch',
    mayUse: (session, stationId) => session.may('dispatchUnits', stationId),
    load: () => import('../dispatch/DispatchTool.svelte'),
  },
  {
    name: 'alerts',
    label: 'desk.alerts',
    icon: Bell,
    key: 'a',
    room: 'alerts',
    mayUse: (session, stationId) => session.audienceOf('alerts', stationId) === 'exact',
    load: () => import('../alerts/AlertsTool.svelte'),
    loadBadge: () => import('../alerts/AlertBadge.svelte'),
  },
  {
    name: 'geofences',
    label: 'desk.geofences',
    icon: Hexagon,
    key: 'f',
    room: 'alerts',
    mayUse: (session, stationId) => session.audienceOf('geofences', stationId) === 'exact',
    load: () => import('../alerts/GeofencesTool.svelte'),
  },
  {
    name: 'replay',
    label: 'desk.replay',
    icon: History,
    key: 'r',
    room: 'replay',
    mayUse: (session, stationId) => session.sees('tracks', stationId),
    load: () => import('../replay/ReplayTool.svelte'),
  },
  {
    name: 'views',
    label: 'desk.views',
    icon: Bookmark,
    key: 'v',
    mayUse: (session, stationId) => session.may('saveViews', stationId),
    load: () => import('./views/ViewsTool.svelte'),
  },
  {
    name: 'export',
    label: 'desk.export',
    icon: Download,
    key: 'e',
    mayUse: (session, stationId) => session.may('exportRows', stationId),
    load: () => import('./export/ExportTool.svelte'),
  },
];
