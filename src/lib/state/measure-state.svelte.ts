import { createContext } from 'svelte';
import { Listeners } from './listeners.ts';

/** What grids can be coloured by. */
export const measureNames = ['none', 'incidents', 'incidentDensity', 'presence'] as const;
export type MeasureName = (typeof measureNames)[number];

/** The time that presence is summed over; incidents follow their own filter. */
export const presencePeriods = ['today', '24h', '7d'] as const;
export type PresencePeriod = (typeof presencePeriods)[number];

/** What of it a person would share or reload. */
export interface MeasureChoice {
  name: MeasureName;
  period: PresencePeriod;
}

const atRest: MeasureChoice = { name: 'none', period: '24h' };

/** Reads an address; a part that makes no sense is as if it were missing. */
export function parseMeasureUrl(params: URLSearchParams): MeasureChoice {
  const [name, period] = (params.get('measure') ?? '').split('.');
  return {
    name: measureNames.find((known) => known === name) ?? atRest.name,
    period: presencePeriods.find((known) => known === period) ?? atRest.period,
  };
}

/** Writes it into a copy of `params`. */
export function formatMeasureUrl({ name, period }: MeasureChoice, params: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams(params);
  if (name === 'none') out.delete('measure');
  else out.set('measure', name === 'presence' ? `${name}.${period}` : name);
  return out;
}

/** A measure as it is drawn just now. */
export interface ShownMeasure {
  /** By grid; one that is not in it has no data. */
  values: ReadonlyMap<string, number>;
  /** What the legend calls it, with its unit; and what it says of where the numbers come from. */
  title: string;
  hint: string;
  /** Grids of the station: those without a value have no data. */
  gridCount: number;
  /** Values are counts. */
  isWhole: boolean;
  sayNumber(value: number): string;
  /** From which value each class begins, ascending and above 0; 0 has a class of its own. */
  from: readonly number[];
  /** The value of a grid in words; undefined: there is none to tell. */
  say(gridId: string): string | undefined;
}

/** Which measure grids are coloured by, and what is shown of it; computed by a part that is loaded when one is chosen. */
export class MeasureState {
  #choice = $state.raw<MeasureChoice>(atRest);
  #shown = $state.raw<ShownMeasure | undefined>();
  readonly changes = new Listeners<MeasureChoice>();

  constructor(initial: MeasureChoice) {
    this.#choice = initial;
  }

  get choice(): MeasureChoice {
    return this.#choice;
  }

  /** Undefined: none is chosen, grids are not shown, or it is not computed yet. */
  get shown(): ShownMeasure | undefined {
    return this.#shown;
  }

  choose(part: Partial<MeasureChoice>): void {
    this.#choice = { ...this.#choice, ...part };
    this.changes.tell(this.#choice);
  }

  show(shown: ShownMeasure | undefined): void {
    this.#shown = shown;
  }
}

export const [getMeasureState, setMeasureState] = createContext<MeasureState>();
