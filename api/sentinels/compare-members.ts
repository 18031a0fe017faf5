import { v7 as uuidv7 } from 'uuid';
import type { KnownSentinel, MemberBody } from './queries.ts';
import type { ReadMember } from './read-sentinel.ts';

export interface MemberChanges {
  /** New members, and known ones whose skills or telephone changed. */
  written: MemberBody[];
  /** Ids of those whom the file no longer names. */
  removed: string[];
}

/** What makes the known members those of the file; a member is known again by name and role. */
export function compareMembers(
  sentinelId: string,
  known: KnownSentinel['members'],
  wanted: readonly ReadMember[],
): MemberChanges {
  const left = [...known];
  const written: MemberBody[] = [];
  for (const member of wanted) {
    const index = left.findIndex(({ displayName, role }) => displayName === member.displayName && role === member.role);
    const [same] = index < 0 ? [] : left.splice(index, 1);
    const isSame =
      same !== undefined && same.phone === member.phone && same.skills.join('\n') === member.skills.join('\n');
    if (!isSame) written.push({ ...member, sentinelId, id: same?.id ?? uuidv7() });
  }
  return { written, removed: left.map(({ id }) => id) };
}
