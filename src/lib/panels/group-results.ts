import type { SearchKind, SearchResult } from '$api/search/contract.ts';

const order: readonly SearchKind[] = ['unit', 'sentinel', 'grid', 'street', 'place'];

/** Results by kind, a station's own things first; within a kind the server's order stays. */
export function groupResults(results: readonly SearchResult[]): { kind: SearchKind; results: SearchResult[] }[] {
  const byKind = Map.groupBy(results, ({ kind }) => kind);
  return order.flatMap((kind) => {
    const found = byKind.get(kind);
    return found ? [{ kind, results: found }] : [];
  });
}
