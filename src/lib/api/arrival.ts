import type { InvitationOffer, Session, SetupOffer } from '$api/accounts/contract.ts';
import { sendJson } from './client.ts';

export const lookAtInvitation = (token: string): Promise<InvitationOffer> =>
  sendJson('POST', '/api/invitations/look', { token });

export const acceptInvitation = (body: {
  token: string;
  username: string;
  displayName: string;
  password: string;
}): Promise<Session> => sendJson('POST', '/api/invitations/accept', body);

export const lookAtSetup = (token: string): Promise<SetupOffer> => sendJson('POST', '/api/setup/look', { token });

/** `stationName` and `timeZone` where there is no station yet. */
export const setUp = (body: {
  token: string;
  username: string;
  displayName: string;
  password: string;
  stationName?: string;
  timeZone?: string;
}): Promise<Session> => sendJson('POST', '/api/setup', body);

export const signInByWallLink = (token: string): Promise<Session> => sendJson('POST', '/api/session/wall', { token });
