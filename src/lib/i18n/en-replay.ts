import type { RoomMessages } from './messages.ts';

export const enReplay: RoomMessages<'replay'> = {};
