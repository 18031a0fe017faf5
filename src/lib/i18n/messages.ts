import type { zhAccount } from './zh-account.ts';
import type { zhAdmin } from './zh-admin.ts';
import type { zh } from './zh.ts';

/** Every sentence there is: the map's, and those of rooms that are loaded with their pages. */
type All = typeof zh & typeof zhAccount & typeof zhAdmin;
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

/** Another language: every sentence of the Chinese one, and a singular where it counts. */
type MessagesOf<Chinese> = { [Key in keyof Chinese]: string } & {
  [Key in keyof Chinese as Key extends `${infer Base}_other` ? `${Base}_one` : never]?: string;
};
export type Messages = MessagesOf<typeof zh>;
export type AccountMessages = MessagesOf<typeof zhAccount>;
export type AdminMessages = MessagesOf<typeof zhAdmin>;
