import { Problem } from '../errors.ts';
import type { FieldCode } from '../reading/contract.ts';
import { stationKinds, type Station } from './contract.ts';

type Placed = Pick<Station, 'id' | 'kind'> & { parentId: string | null };

const refuse = (code: FieldCode, field: string, got: string, expected: string) =>
  new Problem(400, 'invalid-body', 'The body has a value that cannot be used', {
    errors: [{ field, got, expected, code }],
  });

/**
 * An IANA name: `Intl` also takes offsets such as +08:00, which know no summer time.
 * @throws {Problem} 400
 */
export function requireTimeZone(zone: string): void {
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError();
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw refuse('timeZone', 'timeZone', zone, 'an IANA time zone such as Asia/Shanghai');
  }
}

/**
 * The tree stays one: nothing stands below itself, nor under a station of a lower kind, nor over one of a higher.
 * @param tree every station, the one in question as it was or not at all
 * @throws {Problem} 400
 */
export function requirePlace(
  station: Placed,
  kinds: ReadonlyMap<string, Station['kind']>,
  tree: readonly { id: string; parentId: string | null }[],
): void {
  const parents = new Map(tree.map(({ id, parentId }) => [id, parentId]));
  for (let above = station.parentId; above != null; above = parents.get(above) ?? null)
    if (above === station.id)
      throw refuse('below', 'parentId', station.parentId ?? '', 'a station that is not below this one');
  const rank = (kind: Station['kind']): number => stationKinds.indexOf(kind);
  const parentKind = station.parentId === null ? undefined : kinds.get(station.parentId);
  if (parentKind && rank(parentKind) > rank(station.kind))
    throw refuse('rank', 'kind', station.kind, `a kind that can stand under a ${parentKind}`);
  for (const { id, parentId } of tree) {
    const kind = parentId === station.id ? kinds.get(id) : undefined;
    if (kind && rank(kind) < rank(station.kind))
      throw refuse('rank', 'kind', station.kind, `a kind that can stand over a ${kind}`);
  }
}
