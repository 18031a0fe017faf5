import type { Role } from './contract.ts';

/** Who asks: a signed-in account, by its session or by one of its personal tokens. */
export interface Viewer {
  kind: 'person' | 'wall' | 'token';
  accountId: string;
  username: string;
  displayName: string;
  /** The station the account belongs to; its own rows (sessions, tokens) carry it. */
  homeStationId: string;
  memberId: string | null;
  /** What the account is at each station of its part of the tree, children included. */
  rolesAt: ReadonlyMap<string, ReadonlySet<Role>>;
  /** The stations whose rows this viewer may see, in any precision: the keys of `rolesAt`. */
  stationIds: readonly string[];
  /** Units whose crew this viewer is on now. */
  ownUnits: readonly { id: string; stationId: string; number: number }[];
  /** Null: came by a token. */
  sessionId: string | null;
  /** What a token is narrowed to; null: all that the account may read. */
  tokenNouns: readonly string[] | null;
}

/** Spreads roles down the tree. @param tree every station, parents by id */
export function spreadRoles(
  granted: readonly { stationId: string; role: Role }[],
  tree: readonly { id: string; parentId: string | null }[],
): Map<string, Set<Role>> {
  const children = new Map<string, string[]>();
  for (const { id, parentId } of tree)
    if (parentId !== null) children.set(parentId, [...(children.get(parentId) ?? []), id]);
  const known = new Set(tree.map(({ id }) => id));
  const rolesAt = new Map<string, Set<Role>>();
  const grant = (stationId: string, role: Role): void => {
    const held = rolesAt.get(stationId) ?? new Set<Role>();
    if (held.has(role)) return;
    rolesAt.set(stationId, held.add(role));
    for (const child of children.get(stationId) ?? []) grant(child, role);
  };
  for (const { stationId, role } of granted) if (known.has(stationId)) grant(stationId, role);
  return rolesAt;
}
