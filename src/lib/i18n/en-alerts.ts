import type { RoomMessages } from './messages.ts';

export const enAlerts: RoomMessages<'alerts'> = {};
