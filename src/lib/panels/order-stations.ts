import type { Station } from '$api/stations/contract.ts';

/** The station tree as a list to choose from: each below its parent, with how deep it lies; a station whose parent the viewer does not see is a root. */
export function orderStations(stations: readonly Station[]): { station: Station; depth: number }[] {
  const known = new Set(stations.map(({ id }) => id));
  const childrenOf = Map.groupBy(stations, ({ parentId }) => (parentId && known.has(parentId) ? parentId : ''));
  const below = (parentId: string, depth: number): { station: Station; depth: number }[] =>
    (childrenOf.get(parentId) ?? [])
      .toSorted((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }))
      .flatMap((station) => [{ station, depth }, ...below(station.id, depth + 1)]);
  return below('', 0);
}
