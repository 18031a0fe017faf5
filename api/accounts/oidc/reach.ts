/** The stations at and below one. */
export function stationsBelow(
  stationId: string,
  tree: readonly { id: string; parentId: string | null }[],
): ReadonlySet<string> {
  const below = new Set([stationId]);
  // Each round finds one more level; a tree has few.
  for (let before = 0; before < below.size;) {
    before = below.size;
    for (const { id, parentId } of tree) if (parentId !== null && below.has(parentId)) below.add(id);
  }
  return below;
}

/**
 * Whether a provider of a station may vouch for an account: only where all that the account is lies there or below, else
 * who runs the provider of a small station could become the administrator of the city.
 */
export const mayVouch = (
  below: ReadonlySet<string>,
  account: { stationId: string; roles: readonly { stationId: string }[] },
): boolean => below.has(account.stationId) && account.roles.every(({ stationId }) => below.has(stationId));
