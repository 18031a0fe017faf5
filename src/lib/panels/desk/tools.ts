import Bookmark from '@lucide/svelte/icons/bookmark';
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
  load(): Promise<{ default: Component<ToolProps> }>;
}

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
    name: 'views',
    label: 'desk.views',
    icon: Bookmark,
    key: 'v',
    mayUse: (session, stationId) => session.may('saveViews', stationId),
    load: () => import('./views/ViewsTool.svelte'),
  },
];
