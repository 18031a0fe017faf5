import type { RoomMessages } from './messages.ts';

export const enRecord: RoomMessages<'record'> = {};
