import type { BaseDataState } from '$lib/state/base-data-state.svelte.ts';
import type { IncidentState } from '$lib/state/incident-state.svelte.ts';
import type { MeasureState } from '$lib/state/measure-state.svelte.ts';
import type { SelectionState } from '$lib/state/selection-state.svelte.ts';
import type { UnitState } from '$lib/state/unit-state.svelte.ts';

/** What is open on the desk, in a line: its name and what there is to say of it. Undefined: nothing, or it is gone. */
export interface SelectedFacts {
  name: string;
  facts: readonly string[];
}

export interface FactsWords {
  sayCategory(category: string): string;
  sayMoment(atMs: number): string;
  sayAge(seconds: number): string;
  sayKind(kind: string): string;
  sayGrid(number: string): string;
  sayNumber(number: number): string;
  sayPlace(lngLat: readonly [number, number]): string;
}

interface From {
  selection: SelectionState;
  base: BaseDataState;
  units: UnitState;
  incidents: IncidentState;
  measure: MeasureState;
}

export function selectedFacts(
  { selection, base, units, incidents, measure }: From,
  words: FactsWords,
): SelectedFacts | undefined {
  const selected = selection.current;
  if (selected.kind === 'unit') {
    const unit = units.find(selected.id);
    if (!unit) return undefined;
    const facts = [words.sayKind(unit.kind)];
    if (unit.lngLat) facts.push(words.sayPlace(unit.lngLat));
    if (unit.ageS !== undefined) facts.push(words.sayAge(unit.ageS));
    return { name: unit.callSign, facts };
  }
  if (selected.kind === 'grid') {
    const grid = base.findGrid(selected.id);
    if (!grid) return undefined;
    const { number, name, officer } = grid.properties;
    const said = measure.shown?.say(selected.id);
    return { name: words.sayGrid(number), facts: [name, officer, said].filter((fact) => fact != null) };
  }
  if (selected.kind === 'sentinel') {
    const { name, address } = base.findSentinel(selected.id)?.properties ?? {};
    return name === undefined ? undefined : { name, facts: address ? [address] : [] };
  }
  if (selected.kind === 'incident') {
    const index = incidents.columns.indexOf(selected.number);
    if (index < 0) return undefined;
    const { category, atMs, lngLat, number } = incidents.columns.read(index);
    return {
      name: words.sayCategory(category),
      facts: [words.sayNumber(number), words.sayMoment(atMs), words.sayPlace(lngLat)],
    };
  }
  return undefined;
}
