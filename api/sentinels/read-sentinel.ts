import type { CoordinateSystem } from '../imports/convert-coordinates.ts';
import { textOf, valueOf, type ColumnMap, type FieldName } from '../imports/map-columns.ts';
import { shorten } from '../imports/read-geojson.ts';
import { readListing } from '../imports/read-listing.ts';
import { placeFields, readPlace } from '../imports/read-place.ts';
import type { Reject, SourceRow } from '../imports/source-row.ts';
import { memberRoles, sentinelKinds, type MemberRole, type SentinelKind } from './contract.ts';

export interface ReadMember {
  displayName: string;
  role: MemberRole;
  skills: string[];
  phone: string | null;
}

/** A sentinel point of a file. */
export interface ReadSentinel {
  line: number;
  number: string;
  name: string;
  kind: SentinelKind;
  address: string | null;
  lng: number;
  lat: number;
  /** Null: the file names none, the known one stays or one is made. */
  qrCode: string | null;
  /** Null: the file has no members, the known ones stay. */
  members: ReadMember[] | null;
}

export const sentinelFields: readonly FieldName[] = [
  { name: 'number', aliases: ['code', 'no', 'id', '编号', '哨点编号'] },
  { name: 'name', aliases: ['title', '名称', '哨点名称'] },
  { name: 'kind', aliases: ['type', 'category', '类别', '类型', '哨点类型'] },
  { name: 'address', aliases: ['addr', '地址'] },
  ...placeFields,
  { name: 'qr_code', aliases: ['qr', '二维码'] },
  { name: 'members', aliases: ['成员', '哨点成员'] },
];

const kindOf = new Map<string, SentinelKind>([
  ...sentinelKinds.map((kind) => [kind, kind] as const),
  ['小区', 'compound'],
  ['商铺', 'shop'],
  ['商店', 'shop'],
  ['学校', 'school'],
  ['企业', 'works'],
  ['工厂', 'works'],
  ['单位', 'works'],
  ['医院', 'hospital'],
  ['市场', 'market'],
  ['商场', 'market'],
  ['交通', 'transport'],
  ['车站', 'transport'],
  ['地铁', 'transport'],
  ['其他', 'other'],
]);

const roleOf = new Map<string, MemberRole>([
  ...memberRoles.map((role) => [role, role] as const),
  ['民警', 'officer'],
  ['辅警', 'auxiliary'],
  ['党员', 'party-member'],
  ['网格员', 'grid-worker'],
  ['物业', 'property-staff'],
  ['物业人员', 'property-staff'],
  ['保安', 'guard'],
  ['志愿者', 'volunteer'],
  ['义警', 'yijing'],
]);

/** One row as a sentinel point, or all that is wrong with it. */
export function readSentinel(row: SourceRow, map: ColumnMap, crs: CoordinateSystem): ReadSentinel | Reject[] {
  const rejects: Reject[] = [];
  const refuse = (field: string, got: string, expected: string) =>
    void rejects.push({ line: row.line, field, got: got || 'nothing', expected });
  const number = textOf(row, map, 'number');
  if (number === '' || number.length > 50) refuse('number', number, 'a number of 1 to 50 characters');
  const name = textOf(row, map, 'name');
  if (name === '' || name.length > 200) refuse('name', name, 'a name of 1 to 200 characters');
  const kindText = textOf(row, map, 'kind').toLowerCase();
  const kind = kindText === '' ? 'other' : kindOf.get(kindText);
  if (!kind) refuse('kind', kindText, `one of ${sentinelKinds.join(', ')}`);
  const place = readPlace(row, map, crs);
  if (!Array.isArray(place)) rejects.push({ line: row.line, ...place });
  const members = map.has('members') ? readListing(valueOf(row, map, 'members')).map(readMember) : null;
  for (const member of members ?? []) if ('expected' in member) refuse('members', member.got, member.expected);
  if (rejects.length > 0 || !kind || !Array.isArray(place)) return rejects;
  return {
    line: row.line,
    number,
    name,
    kind,
    address: textOf(row, map, 'address') || null,
    lng: place[0],
    lat: place[1],
    qrCode: textOf(row, map, 'qr_code') || null,
    members: members as ReadMember[] | null,
  };
}

const expectedMember = `name:role:skill/skill:telephone with a role of ${memberRoles.filter((role) => role !== 'officer').join(', ')}`;

/** `白秀英:志愿者:急救/英语:555-0100`, or an object with name (displayName), role, skills, phone. */
function readMember(entry: unknown): ReadMember | { got: string; expected: string } {
  const [name, roleText, skills, phone] = Array.isArray(entry) ? (entry as unknown[]) : membersParts(entry);
  const displayName = String(name ?? '').trim();
  const role = roleOf.get(
    String(roleText ?? '')
      .trim()
      .toLowerCase() || 'volunteer',
  );
  // Officers belong to the station, and come with the grids that they answer for.
  if (displayName === '' || displayName.length > 100 || !role || role === 'officer')
    return { got: Array.isArray(entry) ? entry.join(':') : shorten(entry), expected: expectedMember };
  const skillList = Array.isArray(skills) ? skills.map(String) : String(skills ?? '').split(/[/／、|]/);
  return {
    displayName,
    role,
    skills: [...new Set(skillList.map((skill) => skill.trim()).filter((skill) => skill !== ''))],
    phone: String(phone ?? '').trim() || null,
  };
}

function membersParts(entry: unknown): unknown[] {
  if (typeof entry === 'string') return entry.split(/[:：]/);
  if (typeof entry !== 'object' || entry === null) return [];
  const member = entry as Record<string, unknown>;
  return [
    member['displayName'] ?? member['display_name'] ?? member['name'] ?? member['姓名'],
    member['role'] ?? member['角色'],
    member['skills'] ?? member['技能'],
    member['phone'] ?? member['电话'],
  ];
}
