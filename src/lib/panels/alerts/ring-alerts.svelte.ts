import type { Alert } from '$api/alerts/contract.ts';
import { byUrgency, type AlertState } from '$lib/state/alert-state.svelte.ts';
import { AlarmSound, type Tune } from './alarm-sound.ts';

const storageKey = 'shaodian.alerts.quiet';
/** An SOS that nobody has acknowledged sounds again and again. */
const repeatMs = 4000;

/** Sounds of alerts on this device. There is one for the page: two would ring twice. */
class AlertBell {
  #isQuiet = $state(readQuiet());
  #canRing = $state(false);
  readonly #sound = new AlarmSound(() => (this.#canRing = true));

  /** A person wants no sound here. An SOS sounds all the same. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** The browser lets us be heard. */
  get canRing(): boolean {
    return this.#canRing;
  }

  setQuiet(isQuiet: boolean): void {
    this.#isQuiet = isQuiet;
    try {
      localStorage.setItem(storageKey, isQuiet ? 'yes' : 'no');
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  try(): void {
    this.#sound.play('warning');
  }

  /** Sounds new alerts, and an SOS until it is acknowledged. @returns the end of it */
  follow(alerts: AlertState): () => void {
    const stopSound = this.#sound.start();
    const hasSos = (): boolean => alerts.unacknowledged.some(({ kind }) => kind === 'sos');
    const stopArrivals = alerts.arrivals.add((arrived) => {
      const tune = tuneOf(arrived, this.#isQuiet);
      if (tune) this.#sound.play(tune);
    });
    const timer = setInterval(() => {
      if (hasSos()) this.#sound.play('sos');
    }, repeatMs);
    return () => {
      clearInterval(timer);
      stopArrivals();
      stopSound();
      this.#canRing = false;
    };
  }
}

/** What is heard when these come: the sound of the most urgent that nobody has seen to; undefined: nothing. */
export function tuneOf(arrived: readonly Alert[], isQuiet: boolean): Tune | undefined {
  const first = arrived.filter(({ acknowledgedAt }) => acknowledgedAt === null).toSorted(byUrgency)[0];
  if (!first) return undefined;
  if (first.kind === 'sos') return 'sos';
  return isQuiet ? undefined : first.severity;
}

function readQuiet(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'yes';
  } catch {
    return false;
  }
}

export const bell = new AlertBell();
