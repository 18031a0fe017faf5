import { textOf, valueOf, type ColumnMap, type FieldName } from '../imports/map-columns.ts';
import { shorten } from '../imports/read-geojson.ts';
import { readListing } from '../imports/read-listing.ts';
import type { Reject, SourceRow } from '../imports/source-row.ts';
import { unitKinds, type UnitKind } from '../positions/contract.ts';
import type { DutyState } from './contract.ts';

/** A unit of a file. */
export interface ReadUnit {
  line: number;
  callSign: string;
  kind: UnitKind;
  /** Null: the file has none, the known one stays or the next is taken. */
  number: number | null;
  /** Null: the file has none; a known unit keeps its own, a new one is on duty. */
  dutyState: DutyState | null;
  /** Null: the unit has no device. */
  device: string | null;
  /** Null: the known credential stays or one is made. */
  token: string | null;
  /** Null: the file has none, the known ones stay. */
  equipment: { kind: string; quantity: number }[] | null;
}

export const unitFields: readonly FieldName[] = [
  { name: 'call_sign', aliases: ['callsign', 'name', 'unit', '呼号', '名称', '巡逻单元', '单元名称'] },
  { name: 'kind', aliases: ['type', '类别', '类型', '巡逻方式'] },
  { name: 'number', aliases: ['no', '编号', '单元编号'] },
  { name: 'duty_state', aliases: ['duty', 'on_duty', '值勤', '在岗', '勤务状态'] },
  { name: 'device', aliases: ['device_id', 'device_name', 'imei', '终端', '终端编号', '设备', '设备编号'] },
  { name: 'token', aliases: ['credential', 'password', '密钥', '凭证'] },
  { name: 'equipment', aliases: ['装备', '携带装备'] },
];

const kindOf = new Map<string, UnitKind>([
  ...unitKinds.map((kind) => [kind, kind] as const),
  ['步巡', 'foot'],
  ['步行', 'foot'],
  ['walk', 'foot'],
  ['车巡', 'car'],
  ['汽车', 'car'],
  ['警车', 'car'],
  ['vehicle', 'car'],
  ['骑巡', 'bike'],
  ['自行车', 'bike'],
  ['电动车', 'bike'],
  ['bicycle', 'bike'],
  ['无人机', 'uav'],
  ['drone', 'uav'],
]);

const dutyOf = new Map<string, DutyState>([
  ['on', 'on'],
  ['true', 'on'],
  ['1', 'on'],
  ['yes', 'on'],
  ['是', 'on'],
  ['在岗', 'on'],
  ['值勤', 'on'],
  ['off', 'off'],
  ['false', 'off'],
  ['0', 'off'],
  ['no', 'off'],
  ['否', 'off'],
  ['离岗', 'off'],
  ['休息', 'off'],
]);

/** Fewer characters are guessed. */
const minTokenLength = 8;

/** One row as a unit, or all that is wrong with it. */
export function readUnit(row: SourceRow, map: ColumnMap): ReadUnit | Reject[] {
  const rejects: Reject[] = [];
  const refuse = (field: string, got: string, expected: string) =>
    void rejects.push({ line: row.line, field, got: got || 'nothing', expected });
  const callSign = textOf(row, map, 'call_sign');
  if (callSign === '' || callSign.length > 100) refuse('call_sign', callSign, 'a call sign of 1 to 100 characters');
  const kindText = textOf(row, map, 'kind').toLowerCase();
  const kind = kindOf.get(kindText);
  if (!kind) refuse('kind', kindText, `one of ${unitKinds.join(', ')}`);
  const numberText = textOf(row, map, 'number');
  const number = numberText === '' ? null : Number(numberText);
  if (number !== null && (!Number.isInteger(number) || number < 1 || number > 999_999_999))
    refuse('number', numberText, 'a whole number from 1');
  const dutyText = textOf(row, map, 'duty_state').toLowerCase();
  const dutyState = dutyText === '' ? null : dutyOf.get(dutyText);
  if (dutyState === undefined) refuse('duty_state', dutyText, 'on or off');
  const token = textOf(row, map, 'token') || null;
  if (token !== null && (token.length < minTokenLength || token.length > 200))
    // Never the token itself: reports are kept and passed on.
    refuse('token', `${token.length} characters`, `${minTokenLength} to 200 characters`);
  const equipment = map.has('equipment') ? readEquipment(valueOf(row, map, 'equipment'), refuse) : null;
  if (rejects.length > 0 || !kind || dutyState === undefined) return rejects;
  const device = map.has('device') ? textOf(row, map, 'device') || null : callSign;
  return { line: row.line, callSign, kind, number, dutyState, device, token, equipment };
}

/** `救生圈:2；AED`, or an array of names, of { kind, quantity }, or an object of quantities by kind. */
function readEquipment(
  value: unknown,
  refuse: (field: string, got: string, expected: string) => void,
): ReadUnit['equipment'] {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : readListing(value);
  const quantities = new Map<string, number>();
  for (const entry of entries) {
    const [kindText, quantityText] = partsOf(entry);
    const kind = String(kindText ?? '').trim();
    const quantity = quantityText === undefined || quantityText === '' ? 1 : Number(quantityText);
    if (kind === '' || !Number.isInteger(quantity) || quantity < 1 || quantity > 10_000)
      refuse('equipment', Array.isArray(entry) ? entry.join(':') : shorten(entry), 'kind:quantity, quantity from 1');
    else quantities.set(kind, (quantities.get(kind) ?? 0) + quantity);
  }
  return [...quantities].map(([kind, quantity]) => ({ kind, quantity })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

function partsOf(entry: unknown): unknown[] {
  if (Array.isArray(entry)) return entry as unknown[];
  if (typeof entry !== 'object' || entry === null) return String(entry).split(/[:：]/);
  const { kind, quantity } = entry as Record<string, unknown>;
  return [kind, quantity];
}
