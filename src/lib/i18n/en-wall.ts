import type { RoomMessages } from './messages.ts';

export const enWall: RoomMessages<'wall'> = {};
