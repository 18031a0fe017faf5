import type { Invitation, Invitations, NewInvitation, OidcProvider, OidcProviders } from '$api/accounts/contract.ts';
import type {
  Account,
  AccountChange,
  IssuedPassword,
  NewAccount,
  SignInRules,
  WallLink,
} from '$api/accounts/people/contract.ts';
import type { Crew, CrewBody } from '$api/crews/contract.ts';
import type {
  Device,
  DeviceChange,
  Gateway,
  GatewayChange,
  IssuedDevice,
  IssuedGateway,
  NewDevice,
  NewGateway,
} from '$api/devices/contract.ts';
import type { Member, MemberChange, NewMember } from '$api/members/contract.ts';
import type { DispatchSettings } from '$api/dispatches/contract.ts';
import type { NewStation, Station, StationChange } from '$api/stations/contract.ts';
import type { Retention, RetentionChange } from '$api/retention/contract.ts';
import type { NewUnit, Unit, UnitChange } from '$api/units/contract.ts';
import { getJson, sendJson } from './client.ts';

/** A row as it was seen: who changes it says which version that was. */
interface Seen {
  id: string;
  version: number;
}

/** The four verbs every administered noun has. Deleting asks twice: `confirm` is what the first answer gave. */
const collection = <Row, New, Change, Made = Row>(path: string, key: string) => ({
  read: async (station?: string): Promise<Row[]> =>
    (await getJson<Record<string, Row[]>>(path, { query: { station } }))[key] ?? [],
  make: (body: New): Promise<Made> => sendJson('POST', path, body),
  change: ({ id, version }: Seen, body: Change): Promise<Row> =>
    sendJson('PATCH', `${path}/${id}`, body, { ifMatch: version }),
  remove: ({ id, version }: Seen, confirm?: string): Promise<void> =>
    sendJson('DELETE', `${path}/${id}`, undefined, { query: { confirm }, ifMatch: version }),
});

export const stations = collection<Station, NewStation, StationChange>('/api/stations', 'stations');
export const accounts = collection<Account, NewAccount, AccountChange, IssuedPassword>('/api/accounts', 'accounts');
export const members = collection<Member, NewMember, MemberChange>('/api/members', 'members');
export const units = collection<Unit, NewUnit, UnitChange>('/api/units', 'units');
export const devices = collection<Device, NewDevice, DeviceChange, IssuedDevice>('/api/devices', 'devices');
export const gateways = collection<Gateway, NewGateway, GatewayChange, IssuedGateway>('/api/gateways', 'gateways');

export const resetPassword = (id: string): Promise<IssuedPassword> => sendJson('POST', `/api/accounts/${id}/password`);
export const dropSecondFactor = (id: string): Promise<void> => sendJson('DELETE', `/api/accounts/${id}/second-factor`);
export const makeWallLink = (id: string): Promise<WallLink> => sendJson('POST', `/api/accounts/${id}/wall-link`);
export const endAccountSessions = (id: string): Promise<{ ended: number }> =>
  sendJson('DELETE', `/api/accounts/${id}/sessions`);

/** `graceSeconds`: how long the token before is honoured too. */
export const renewDeviceToken = (id: string, graceSeconds: number): Promise<IssuedDevice> =>
  sendJson('POST', `/api/devices/${id}/token`, { graceSeconds });
export const revokeDevice = (id: string): Promise<Device> => sendJson('POST', `/api/devices/${id}/revoke`);
export const renewGatewayToken = (id: string, graceSeconds: number): Promise<IssuedGateway> =>
  sendJson('POST', `/api/gateways/${id}/token`, { graceSeconds });
export const revokeGateway = (id: string): Promise<Gateway> => sendJson('POST', `/api/gateways/${id}/revoke`);

export const readCrews = async (unitId: string): Promise<Crew[]> =>
  (await getJson<{ crews: Crew[] }>(`/api/units/${unitId}/crews`)).crews;
/** `version` undefined: a new one. */
export const saveCrew = (unitId: string, crewId: string, body: CrewBody, version?: number): Promise<Crew> =>
  sendJson('PUT', `/api/units/${unitId}/crews/${crewId}`, body, { ifMatch: version });
export const removeCrew = (unitId: string, { id, version }: Seen, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/units/${unitId}/crews/${id}`, undefined, { query: { confirm }, ifMatch: version });

export const readInvitations = async (station?: string): Promise<Invitation[]> =>
  (await getJson<Invitations>('/api/invitations', { query: { station } })).invitations;
export const invite = (body: {
  sentinelId: string;
  displayName?: string;
  expiresInHours: number;
}): Promise<NewInvitation> => sendJson('POST', '/api/invitations', body);
export const revokeInvitation = (id: string): Promise<void> => sendJson('DELETE', `/api/invitations/${id}`);

export const readRetention = (station: string): Promise<Retention> => getJson('/api/retention', { query: { station } });
export const saveRetention = (settings: RetentionChange): Promise<unknown> =>
  sendJson('PUT', '/api/retention', settings);

export const readSignInRules = async (station: string): Promise<SignInRules | undefined> =>
  (await getJson<{ rules: SignInRules[] }>('/api/sign-in-rules', { query: { station } })).rules[0];
export const saveSignInRules = (rules: SignInRules): Promise<SignInRules> =>
  sendJson('PUT', '/api/sign-in-rules', rules);

export const readProviders = async (station?: string): Promise<OidcProvider[]> =>
  (await getJson<OidcProviders>('/api/oidc-providers', { query: { station } })).providers;
export const addProvider = (body: object): Promise<OidcProvider> => sendJson('POST', '/api/oidc-providers', body);
export const changeProvider = (id: string, body: object): Promise<OidcProvider> =>
  sendJson('PATCH', `/api/oidc-providers/${id}`, body);
export const removeProvider = (id: string, confirm?: string): Promise<void> =>
  sendJson('DELETE', `/api/oidc-providers/${id}`, undefined, { query: { confirm } });

export const readDispatchSettings = (station: string): Promise<DispatchSettings> =>
  getJson(`/api/stations/${station}/dispatch-settings`);
export const saveDispatchSettings = (station: string, settings: DispatchSettings): Promise<DispatchSettings> =>
  sendJson('PUT', `/api/stations/${station}/dispatch-settings`, settings);
