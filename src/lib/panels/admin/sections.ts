import type { Component } from 'svelte';
import type { Action } from '$api/accounts/contract.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import CrewsSection from './CrewsSection.svelte';
import DevicesSection from './DevicesSection.svelte';
import GatewaysSection from './GatewaysSection.svelte';
import GridsSection from './GridsSection.svelte';
import InvitationsSection from './InvitationsSection.svelte';
import MembersSection from './MembersSection.svelte';
import PeopleSection from './PeopleSection.svelte';
import ProvidersSection from './ProvidersSection.svelte';
import RetentionSection from './RetentionSection.svelte';
import SentinelsSection from './SentinelsSection.svelte';
import SignInSection from './SignInSection.svelte';
import StationsSection from './StationsSection.svelte';
import UnitsSection from './UnitsSection.svelte';

/** What is administered, in the order of the menu; each with what one must be allowed to do for it somewhere. */
const sections = [
  { name: 'stations', action: 'manageStations', page: StationsSection },
  { name: 'people', action: 'manageAccounts', page: PeopleSection },
  { name: 'grids', action: 'editGrids', page: GridsSection },
  { name: 'sentinels', action: 'editSentinels', page: SentinelsSection },
  { name: 'members', action: 'editMembers', page: MembersSection },
  { name: 'invitations', action: 'invite', page: InvitationsSection },
  { name: 'units', action: 'manageUnits', page: UnitsSection },
  { name: 'crews', action: 'editCrews', page: CrewsSection },
  { name: 'devices', action: 'manageDevices', page: DevicesSection },
  { name: 'gateways', action: 'manageDevices', page: GatewaysSection },
  { name: 'signIn', action: 'manageAccounts', page: SignInSection },
  { name: 'providers', action: 'manageAccounts', page: ProvidersSection },
  { name: 'retention', action: 'manageRetention', page: RetentionSection },
] as const satisfies readonly { name: string; action: Action; page: Component }[];

export const openSections = (session: Pick<SessionState, 'may'>) =>
  sections.filter(({ action }) => session.may(action));
