import type { RoomMessages } from './messages.ts';

export const enDesk: RoomMessages<'desk'> = {
  'desk.tools': 'Tools',
  'desk.close': 'Close {{tool}}',
};
