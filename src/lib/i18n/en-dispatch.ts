import type { RoomMessages } from './messages.ts';

export const enDispatch: RoomMessages<'dispatch'> = {};
