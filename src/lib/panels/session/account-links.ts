import type { Component } from 'svelte';
import CircleUser from '@lucide/svelte/icons/circle-user';
import History from '@lucide/svelte/icons/history';
import MapIcon from '@lucide/svelte/icons/map';
import Monitor from '@lucide/svelte/icons/monitor';
import Radio from '@lucide/svelte/icons/radio';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import { mayOpen, screens, type Rights, type ScreenName } from '$lib/state/screens.ts';

export const screenIcons: Record<ScreenName, Component<{ size?: number }>> = {
  map: MapIcon,
  duty: Radio,
  replay: History,
  wall: Monitor,
  admin: Settings,
  audit: ScrollText,
  account: CircleUser,
};

/** The screens this account may open, in the order of the menu. */
export const openScreens = (session: Rights): ScreenName[] => screens.filter((name) => mayOpen(session, name));
