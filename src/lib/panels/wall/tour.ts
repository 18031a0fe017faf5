import type { SavedView } from '$api/views/contract.ts';

type Stop = Pick<SavedView, 'id' | 'name' | 'query' | 'seconds'>;

/** The map is on its way to the next view for so long. */
const flightMs = 3500;

/** Shows views in turn, each for its seconds, and holds where something more important has the map. */
export class Tour {
  readonly #show: (stop: Stop) => void;
  #stops: readonly Stop[] = [];
  #shownId: string | undefined;
  #isHeld = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flyingUntilMs = 0;

  constructor(show: (stop: Stop) => void) {
    this.#show = show;
  }

  get isFlying(): boolean {
    return performance.now() < this.#flyingUntilMs;
  }

  /** The views as they are now; the one that is shown stays until its time is over. None, or one: nothing moves after it. */
  visit(stops: readonly Stop[]): void {
    const wasEmpty = this.#stops.length === 0;
    this.#stops = stops;
    if (stops.length === 0) this.end();
    else if (wasEmpty && !this.#isHeld) this.#next();
  }

  /** Stays away from the map until `resume`. */
  hold(): void {
    this.#isHeld = true;
    clearTimeout(this.#timer);
  }

  /** Goes back to the view that was left. */
  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const left = this.#stops.find(({ id }) => id === this.#shownId);
    if (left) this.#go(left);
    else this.#next();
  }

  /** Something else moves the map. */
  flies(): void {
    this.#flyingUntilMs = performance.now() + flightMs;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#shownId = undefined;
  }

  #next(): void {
    const at = this.#stops.findIndex(({ id }) => id === this.#shownId);
    const stop = this.#stops[(at + 1) % this.#stops.length];
    if (!stop) return;
    // A single view is shown once: the same flight again and again would be a jerk.
    if (stop.id === this.#shownId) this.#stay(stop);
    else this.#go(stop);
  }

  #go(stop: Stop): void {
    this.#shownId = stop.id;
    this.flies();
    this.#show(stop);
    this.#stay(stop);
  }

  #stay({ seconds }: Stop): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#next(), seconds * 1000);
  }
}
