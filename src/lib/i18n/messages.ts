import type { zhAccount } from './zh-account.ts';
import type { zhAdmin } from './zh-admin.ts';
import type { zhAlerts } from './zh-alerts.ts';
import type { zhDesk } from './zh-desk.ts';
import type { zhDispatch } from './zh-dispatch.ts';
import type { zhRecord } from './zh-record.ts';
import type { zhReplay } from './zh-replay.ts';
import type { zhWall } from './zh-wall.ts';
import type { zh } from './zh.ts';

/** The map's words are loaded at the start, a room's with the first of its pages or panels. */
interface Rooms {
  map: typeof zh;
  account: typeof zhAccount;
  admin: typeof zhAdmin;
  record: typeof zhRecord;
  dispatch: typeof zhDispatch;
  alerts: typeof zhAlerts;
  replay: typeof zhReplay;
  wall: typeof zhWall;
  desk: typeof zhDesk;
}
export type Room = keyof Rooms;

type All = Rooms['map'] &
  Rooms['account'] &
  Rooms['admin'] &
  Rooms['record'] &
  Rooms['dispatch'] &
  Rooms['alerts'] &
  Rooms['replay'] &
  Rooms['wall'] &
  Rooms['desk'];
type Source = keyof All;
/** `{{name}}` parts of a sentence. */
type Parts<Text extends string> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Parts<Rest> : never;
type WithoutPlural<Key extends string> = Key extends `${infer Base}_other` ? Base : Key;

/** What a screen may ask for; a counted sentence is asked for without its plural's ending. */
export type MessageKey = WithoutPlural<Source>;

/** What a sentence needs to be said. */
export type MessageValues<Key extends MessageKey> = Record<
  Parts<All[Key extends Source ? Key : `${Key}_other` extends Source ? `${Key}_other` : never]>,
  string | number
>;

/** A sentence that needs nothing to be said. */
export type PlainKey = {
  [Key in MessageKey]: keyof MessageValues<Key> extends never ? Key : never;
}[MessageKey];

/** Another language: every sentence of the Chinese one, and a singular where it counts. */
type MessagesOf<Chinese> = { [Key in keyof Chinese]: string } & {
  [Key in keyof Chinese as Key extends `${infer Base}_other` ? `${Base}_one` : never]?: string;
};
/** What a language other than Chinese says in a room. */
export type RoomMessages<Name extends Room> = MessagesOf<Rooms[Name]>;
export type Messages = RoomMessages<'map'>;
