import { inRoom, json, type Operation } from '../openapi/operation.ts';
import { deletionQuerySchema } from '../reading/contract.ts';
import { memberChangeSchema, memberSchema, membersQuerySchema, membersSchema, newMemberSchema } from './contract.ts';

const { get, change, remove } = inRoom('Members');
const may = 'editMembers';
const refuses = { 409: 'taken: another officer of the station has this name' };

export const memberOperations: readonly Operation[] = [
  get('/api/members', 'Officers of stations and members of sentinel points', {
    sees: 'members',
    query: membersQuerySchema,
    answers: { 200: json('members; telephone numbers for who may edit them', membersSchema) },
  }),
  change('post', '/api/members', 'Makes a member', {
    may,
    body: newMemberSchema,
    answers: { 201: json('the member', memberSchema) },
    refuses,
  }),
  change('patch', '/api/members/{id}', 'Changes a member', {
    may,
    body: memberChangeSchema,
    isVersioned: true,
    answers: { 200: json('the member as it is now', memberSchema) },
    refuses,
  }),
  remove('/api/members/{id}', 'Deletes a member', { may, query: deletionQuerySchema }),
];
