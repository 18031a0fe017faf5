import { createContext } from 'svelte';
import type { Action, Audience, Noun, Session, StationRights } from '$api/accounts/contract.ts';
import { Listeners } from './listeners.ts';
import type { Failure } from './loadable.ts';

/** Who sits before the screen. `unknown`: the server has not answered yet, or does not answer (`failure`). */
export type WhoIsHere =
  { kind: 'unknown'; failure?: Failure } | { kind: 'signed-out' } | { kind: 'signed-in'; session: Session };

const precision: Record<Audience, number> = { none: 0, own: 1, coarse: 2, exact: 3 };

/** The session of this page: who is signed in and what they see and may do. The server decides; this tells the screen what to offer. */
export class SessionState {
  #who = $state.raw<WhoIsHere>({ kind: 'unknown' });
  /** Told when somebody signed in or out, and when what they may do changed. */
  readonly changes = new Listeners<WhoIsHere>();
  readonly #rights: ReadonlyMap<string, StationRights> = $derived(
    new Map((this.current?.rights ?? []).map((rights) => [rights.stationId, rights])),
  );

  get who(): WhoIsHere {
    return this.#who;
  }

  /** Undefined: nobody is signed in, or it is not known yet. */
  get current(): Session | undefined {
    return this.#who.kind === 'signed-in' ? this.#who.session : undefined;
  }

  signedIn(session: Session): void {
    const before = this.current;
    this.#who = { kind: 'signed-in', session };
    if (!before || whatMatters(before) !== whatMatters(session)) this.changes.tell(this.#who);
  }

  signedOut(): void {
    if (this.#who.kind === 'signed-out') return;
    this.#who = { kind: 'signed-out' };
    this.changes.tell(this.#who);
  }

  /** The server did not answer; who was signed in before still is, as far as this page knows. */
  unreachable(failure: Failure): void {
    if (this.#who.kind === 'unknown') this.#who = { kind: 'unknown', failure };
  }

  /** How exactly the noun is seen at the station; without a station, at the one where it is seen best. */
  audienceOf(noun: Noun, stationId?: string): Audience {
    if (stationId !== undefined) return this.#rights.get(stationId)?.sees[noun] ?? 'none';
    let best: Audience = 'none';
    for (const { sees } of this.#rights.values()) if (precision[sees[noun]] > precision[best]) best = sees[noun];
    return best;
  }

  sees(noun: Noun, stationId?: string): boolean {
    return this.audienceOf(noun, stationId) !== 'none';
  }

  /** Without a station: whether it may be done anywhere. */
  may(action: Action, stationId?: string): boolean {
    if (stationId !== undefined) return this.#rights.get(stationId)?.may.includes(action) ?? false;
    for (const rights of this.#rights.values()) if (rights.may.includes(action)) return true;
    return false;
  }

  /** The stations where this may be done. */
  stationsFor(action: Action): readonly string[] {
    return [...this.#rights.values()].filter(({ may }) => may.includes(action)).map(({ stationId }) => stationId);
  }
}

/** A session read again is news only where it differs; its end moves with every use. */
const whatMatters = (session: Session): string => JSON.stringify({ ...session, expiresAt: null });

export const [getSessionState, setSessionState] = createContext<SessionState>();
