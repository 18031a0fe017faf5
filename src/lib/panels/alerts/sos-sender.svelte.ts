import type { Alert } from '$api/alerts/contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
import { cancelSos, raiseSos } from '$lib/api/alerts.ts';
import { failureFor } from '$lib/api/client.ts';
import type { Failure } from '$lib/state/loadable.ts';

/** How a call for help stands. `waiting`: there is no signal; it is tried again. */
export type SosStanding =
  | { kind: 'none' }
  | { kind: 'sending' }
  | { kind: 'waiting' }
  | { kind: 'sent'; alert: Alert }
  | { kind: 'cancelled' }
  | { kind: 'refused'; failure: Failure };

const retryMs = 3000;
/** A call that did not get through is kept for so long, so that a reload or a flat battery does not lose it. */
const keptMs = 3_600_000;
const storageKey = 'shaodian.sos';

interface Call {
  unitId: string;
  id: string;
  at: string;
  lngLat: LngLat | null;
}
const placeTimeoutMs = 6000;

/** A UUID of version 4; `crypto.randomUUID` is missing on plain http. */
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Where the phone is; null where it does not know or may not say: then the unit's newest fix stands. */
const readPlace = (): Promise<LngLat | null> =>
  new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve([coords.longitude, coords.latitude]),
      () => resolve(null),
      { enableHighAccuracy: true, maximumAge: 15_000, timeout: placeTimeoutMs },
    );
  });

/**
 * Sends a call for help until the server has it, also after a reload. The place is waited for a moment only: it comes with
 * a later try, else the unit's newest fix stands. One press is one alert, however often it is sent.
 */
export class SosSender {
  #standing = $state.raw<SosStanding>({ kind: 'none' });
  #ended = false;
  #wake: (() => void) | undefined;

  get standing(): SosStanding {
    return this.#standing;
  }

  /** @param unitId the unit that calls */
  async send(unitId: string): Promise<void> {
    if (this.#standing.kind === 'sending' || this.#standing.kind === 'waiting') return;
    const call: Call = { unitId, id: makeId(), at: new Date().toISOString(), lngLat: null };
    this.#standing = { kind: 'sending' };
    keep(call);
    const place = readPlace().then((lngLat) => {
      call.lngLat = lngLat;
      if (readKept()?.id === call.id) keep(call);
    });
    // The place is worth a moment, not more.
    await Promise.race([place, pause(1500)]);
    await this.#sendUntilThere(call);
  }

  /** Goes on with a call of this unit that had not got through when the page was left. */
  async resume(unitId: string): Promise<void> {
    const call = readKept();
    if (!call || call.unitId !== unitId || this.#standing.kind !== 'none') return;
    this.#standing = { kind: 'waiting' };
    await this.#sendUntilThere(call);
  }

  async #sendUntilThere(call: Call): Promise<void> {
    while (!this.#ended) {
      try {
        const { unitId, ...sos } = call;
        this.#standing = { kind: 'sent', alert: await raiseSos(unitId, sos) };
        keep(undefined);
        return;
      } catch (error) {
        const failure = failureFor(error);
        if (failure.kind === 'refused') {
          keep(undefined);
          this.#standing = { kind: 'refused', failure };
          return;
        }
        this.#standing = { kind: 'waiting' };
        await Promise.race([pause(retryMs), new Promise<void>((resolve) => (this.#wake = resolve))]);
      }
    }
  }

  /** The browser says that the network is back. */
  retryNow(): void {
    this.#wake?.();
  }

  /** What the server says of it now; undefined: it is not open any more. */
  told(alert: Alert | undefined): void {
    if (alert) this.#standing = { kind: 'sent', alert };
    else if (this.#standing.kind === 'sent') this.#standing = { kind: 'none' };
  }

  async cancel(unitId: string): Promise<void> {
    try {
      await cancelSos(unitId);
      this.#standing = { kind: 'cancelled' };
    } catch (error) {
      const failure = failureFor(error);
      // The desk has closed it already.
      this.#standing = failure.problem === 'no-sos' ? { kind: 'cancelled' } : { kind: 'refused', failure };
    }
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}

function keep(call: Call | undefined): void {
  try {
    if (call) localStorage.setItem(storageKey, JSON.stringify(call));
    else localStorage.removeItem(storageKey);
  } catch {
    // Without storage it lasts as long as the page.
  }
}

function readKept(): Call | undefined {
  try {
    const call = JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Call | null;
    return call && Date.now() - Date.parse(call.at) < keptMs ? call : undefined;
  } catch {
    return undefined;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
