import type { z } from 'zod';
import type { Action, Noun } from '../accounts/contract.ts';

/** Who may ask: anybody; a device or gateway by its credential; whoever is signed in, by session or token; by session only. */
export type Access = 'anybody' | 'sender' | 'viewer' | 'person';

/** An answer: JSON of a schema unless it says otherwise. */
export interface Answer {
  says: string;
  schema?: z.ZodType;
  /** application/json without it. */
  mediaType?: string;
}

/** One route, as the document and the page of the API tell it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With its parameters in braces: /api/units/{id}. Parameters are UUIDs unless `parameters` says otherwise. */
  path: string;
  room: string;
  says: string;
  access: Access;
  /** What the viewer must be able to see somewhere to get anything. */
  sees?: Noun;
  /** What the viewer must be able to do at the station. */
  may?: Action;
  parameters?: Readonly<Record<string, z.ZodType>>;
  query?: z.ZodType;
  body?: z.ZodType;
  /** application/json without it. */
  bodyMediaType?: string;
  /** Needs If-Match with the version that the client saw. */
  isVersioned?: boolean;
  answers: Readonly<Record<number, Answer>>;
  /** Refusals of its own, as kinds of problem by status; those that every route has are added. */
  refuses?: Readonly<Record<number, string>>;
}

const confirmation = 'confirmation-required: what would go (losses), and the code to send as ?confirm=';

/** What routes of a room have alike, so that each is a line or two. */
export const inRoom = (room: string, common: Partial<Operation> = {}) => ({
  get: (path: string, says: string, more: Partial<Operation> & Pick<Operation, 'answers'>): Operation => ({
    ...common,
    method: 'get',
    room,
    path,
    says,
    access: 'viewer',
    ...more,
  }),
  /** A route that changes something. */
  change: (
    method: Exclude<Operation['method'], 'get'>,
    path: string,
    says: string,
    more: Partial<Operation> & Pick<Operation, 'answers'>,
  ): Operation => ({ ...common, method, room, path, says, access: 'person', ...more }),
  /** A deletion that is sent twice. */
  remove: (path: string, says: string, more: Partial<Operation> & Pick<Operation, 'query'>): Operation => ({
    ...common,
    method: 'delete',
    room,
    path,
    says,
    access: 'person',
    answers: { 204: { says: 'it is gone' } },
    ...more,
    refuses: { 409: confirmation, ...more.refuses },
  }),
});

export const json = (says: string, schema?: z.ZodType): Answer => ({ says, ...(schema && { schema }) });
export const nothing = (says: string): Answer => ({ says });
