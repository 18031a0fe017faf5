import type { zh } from './zh.ts';

type Source = keyof typeof zh;
/** `{{name}}` parts of a sentence. */
type Parts<Text extends string> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Parts<Rest> : never;
type WithoutPlural<Key extends string> = Key extends `${infer Base}_other` ? Base : Key;

/** What a screen may ask for; a counted sentence is asked for without its plural's ending. */
export type MessageKey = WithoutPlural<Source>;

/** What a sentence needs to be said. */
export type MessageValues<Key extends MessageKey> = Record<
  Parts<(typeof zh)[Key extends Source ? Key : `${Key}_other` extends Source ? `${Key}_other` : never]>,
  string | number
>;

/** A language: every sentence of the Chinese one, and a singular where it counts. */
export type Messages = { [Key in Source]: string } & {
  [Key in Source as Key extends `${infer Base}_other` ? `${Base}_one` : never]?: string;
};
