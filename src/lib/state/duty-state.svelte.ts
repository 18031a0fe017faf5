import { createContext } from 'svelte';
import { isOpenDispatch, type Dispatch, type DispatchAnswer } from '$api/dispatches/contract.ts';
import type { Unit } from '$api/units/contract.ts';
import type { KeptAnswer } from '$lib/api/answer-outbox.ts';
import type { Failure } from './loadable.ts';

/** An answer that the server did not take. */
export interface RefusedAnswer {
  answer: DispatchAnswer;
  failure: Failure;
}

/** What one's own units are sent to, and what was answered and is still on its way. */
export class DutyState {
  #units = $state.raw<readonly Unit[]>();
  #dispatches = $state.raw<readonly Dispatch[]>([]);
  #kept = $state.raw<readonly KeptAnswer[]>([]);
  #isHeldUp = $state(false);
  #refused = $state.raw<ReadonlyMap<string, RefusedAnswer>>(new Map());
  #readAtMs = $state<number>();
  #failure = $state.raw<Failure>();

  /** Undefined: not read yet. */
  get units(): readonly Unit[] | undefined {
    return this.#units;
  }

  /** Those under way, as they are once what is kept here has come through; the newest first. */
  readonly open: readonly Dispatch[] = $derived(
    this.#dispatches
      .map((dispatch) => ({ ...dispatch, state: this.keptFor(dispatch.id)?.answer ?? dispatch.state }))
      .filter((dispatch) => isOpenDispatch(dispatch.state) || this.keptFor(dispatch.id) !== undefined),
  );

  /** Those that wait for an answer of this crew. */
  readonly unanswered: readonly Dispatch[] = $derived(this.open.filter(({ state }) => state === 'sent'));

  /** The newest answer that is still on its way. */
  keptFor(dispatchId: string): KeptAnswer | undefined {
    return this.#kept.findLast((kept) => kept.dispatchId === dispatchId);
  }

  refusedFor(dispatchId: string): RefusedAnswer | undefined {
    return this.#refused.get(dispatchId);
  }

  get isHeldUp(): boolean {
    return this.#isHeldUp;
  }

  /** When what is shown was read, ms by the phone's clock; undefined: never. */
  get readAtMs(): number | undefined {
    return this.#readAtMs;
  }

  /** Why the last read gave nothing; undefined: it did. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  loaded(units: readonly Unit[], dispatches: readonly Dispatch[], atMs: number): void {
    this.#units = units;
    this.#dispatches = dispatches;
    this.#readAtMs = atMs;
    this.#failure = undefined;
  }

  failed(failure: Failure): void {
    this.#failure = failure;
  }

  answersChanged(kept: readonly KeptAnswer[], isHeldUp: boolean): void {
    this.#kept = kept;
    this.#isHeldUp = isHeldUp;
    for (const { dispatchId } of kept) this.#forgetRefusal(dispatchId);
  }

  answerTaken(dispatch: Dispatch): void {
    this.#dispatches = this.#dispatches.map((known) => (known.id === dispatch.id ? dispatch : known));
    this.#forgetRefusal(dispatch.id);
  }

  answerRefused({ dispatchId, answer }: KeptAnswer, failure: Failure): void {
    this.#refused = new Map(this.#refused).set(dispatchId, { answer, failure });
  }

  #forgetRefusal(dispatchId: string): void {
    if (!this.#refused.has(dispatchId)) return;
    const rest = new Map(this.#refused);
    rest.delete(dispatchId);
    this.#refused = rest;
  }
}

export const [getDutyState, setDutyState] = createContext<DutyState>();
