import type { GridMisfit } from './queries.ts';

const maxDescribed = 20;

type Misfit = 'overlap' | 'gap' | 'open gap' | 'uncovered area';

/** Sentences for the report: which grids, how much and where; the largest first. Empty when all fit. */
export function describeMisfits(kind: Misfit, misfits: readonly GridMisfit[]): string[] {
  // Two batches of one file find the same overlap from both sides.
  const distinct = [
    ...new Map(
      misfits.map((misfit) => [`${[...misfit.numbers].sort().join()}@${misfit.lng},${misfit.lat}`, misfit]),
    ).values(),
  ];
  const sentences = distinct
    .sort((a, b) => b.areaM2 - a.areaM2)
    .slice(0, maxDescribed)
    .map(({ numbers, areaM2, lng, lat }) => {
      const size = areaM2 < 10 ? areaM2.toFixed(1) : Math.round(areaM2).toString();
      const which = numbers.length === 0 ? 'grids' : `grids ${numbers.join(', ')}`;
      const where = `${size} m² at ${lng.toFixed(6)}, ${lat.toFixed(6)}`;
      if (kind === 'overlap') return `Overlap of ${which}: ${where}.`;
      if (kind === 'gap') return `Gap between ${which}: ${where}.`;
      if (kind === 'open gap') return `Gap beside ${which}, open to the outside: ${where}.`;
      return `No grid covers a part of the station beside ${which}: ${where}.`;
    });
  if (distinct.length > maxDescribed) sentences.push(`… and ${distinct.length - maxDescribed} smaller ${kind}s.`);
  return sentences;
}
