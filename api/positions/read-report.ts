import { Problem, type ProblemDetails } from '../errors.ts';
import type { RegistryDevice } from '../units/registry.ts';
import { maxFixesPerReport } from './contract.ts';
import type { DeviceNames, FindDevice } from './device-names.ts';
import { stride } from './fix-values.ts';
import { scanReport } from './scan-report.ts';
import { pending } from './outcome-codes.ts';
import { parseJson } from './read-body.ts';
import { parseTime } from './parse-time.ts';

/** One request's fixes, parsed. Index by index: `rowAt`, `devices`, `outcomes`, and the rows of `values`. */
export interface Report {
  receivedAtMs: number;
  count: number;
  /** A fix as received, for what is quarantined. */
  rowAt(index: number): object;
  /** undefined: not a device of this credential. */
  devices: (RegistryDevice | undefined)[];
  /** `fix-values.ts`. */
  values: Float64Array;
  /** `outcome-codes.ts`; pending until judged. */
  outcomes: Uint8Array;
}

type Faults = NonNullable<ProblemDetails['errors']>;

const maxFaults = 20;

/**
 * Reads the body of `POST /api/positions`, quickly when it looks as reports do, else step by step.
 * @throws {Problem} as `readReport`, and 400 when it is no JSON
 */
export const parseReport = (body: Buffer, names: DeviceNames, receivedAtMs: number): Report =>
  scanReport(body, names, receivedAtMs) ?? readReport(parseJson(body.toString('utf8')), names.find, receivedAtMs);

/**
 * Reads a report that JSON.parse took apart, and names what is wrong with it.
 * @param body what JSON.parse gave
 * @throws {Problem} 400 when a field has the wrong type, naming each; 413 when there are too many fixes. A value of the
 * right type that cannot be true is the filters' business, and is answered in its row.
 */
export function readReport(body: unknown, findDevice: FindDevice, receivedAtMs: number): Report {
  if (!Array.isArray(body)) throw malformed([{ field: '', got: nameOf(body), expected: 'an array of fixes' }]);
  const count = body.length;
  if (count > maxFixesPerReport)
    throw new Problem(413, 'too-many-fixes', 'Too many fixes in one report', {
      errors: [{ field: '', got: `${count} fixes`, expected: `at most ${maxFixesPerReport}` }],
    });
  const rows = body as Record<string, unknown>[];
  const devices = new Array<RegistryDevice | undefined>(count);
  const values = new Float64Array(count * stride);
  const outcomes = new Uint8Array(count).fill(pending);
  let faults: Faults | undefined;
  // Fixes of one device mostly follow each other.
  let lastName: unknown;
  let lastDevice: RegistryDevice | undefined;
  for (let index = 0, offset = 0; index < count; index++, offset += stride) {
    const row = rows[index]!;
    // A list has members that a report's names would find (`at`).
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      faults = addFault(faults, `[${index}]`, row, 'an object');
      continue;
    }
    const { device, at, lngLat } = row;
    if (typeof device === 'string' && typeof at === 'string' && isPair(lngLat)) {
      if (device !== lastName) {
        lastName = device;
        lastDevice = findDevice(device);
      }
      devices[index] = lastDevice;
      values[offset] = parseTime(at);
      values[offset + 1] = lngLat[0] === null ? NaN : lngLat[0];
      values[offset + 2] = lngLat[1] === null ? NaN : lngLat[1];
    } else {
      faults = addRequiredFaults(faults, index, row);
    }
    const { accuracyM, speedMps, headingDeg, altitudeM, batteryPct } = row;
    if (isOptionalNumber(accuracyM)) values[offset + 3] = accuracyM ?? NaN;
    else faults = addFault(faults, `[${index}].accuracyM`, accuracyM, 'a number in metres');
    if (isOptionalNumber(speedMps)) values[offset + 4] = speedMps ?? NaN;
    else faults = addFault(faults, `[${index}].speedMps`, speedMps, 'a number in metres per second');
    if (isOptionalNumber(headingDeg)) values[offset + 5] = headingDeg === 360 ? 0 : (headingDeg ?? NaN);
    else faults = addFault(faults, `[${index}].headingDeg`, headingDeg, 'a number in degrees from north');
    if (isOptionalNumber(altitudeM)) values[offset + 6] = altitudeM ?? NaN;
    else faults = addFault(faults, `[${index}].altitudeM`, altitudeM, 'a number in metres');
    if (isOptionalNumber(batteryPct)) values[offset + 7] = batteryPct == null ? NaN : Math.round(batteryPct);
    else faults = addFault(faults, `[${index}].batteryPct`, batteryPct, 'a number from 0 to 100');
  }
  if (faults) throw malformed(faults);
  return { receivedAtMs, count, rowAt: (index) => rows[index]!, devices, values, outcomes };
}

/** null stands for a number that JSON cannot hold (NaN), which is a wrong value and not a wrong type. */
const isPair = (value: unknown): value is [number | null, number | null] =>
  Array.isArray(value) && value.length === 2 && isNumberOrNull(value[0]) && isNumberOrNull(value[1]);

const isNumberOrNull = (value: unknown): boolean => typeof value === 'number' || value === null;

const isOptionalNumber = (value: unknown): value is number | null | undefined =>
  value === undefined || typeof value === 'number' || value === null;

function addRequiredFaults(faults: Faults | undefined, index: number, row: Record<string, unknown>): Faults {
  let all = faults ?? [];
  if (typeof row['device'] !== 'string') all = addFault(all, `[${index}].device`, row['device'], 'a device name');
  if (typeof row['at'] !== 'string')
    all = addFault(all, `[${index}].at`, row['at'], 'an ISO 8601 time with a zone, such as 2026-11-20T08:15:00+08:00');
  if (!isPair(row['lngLat']))
    all = addFault(all, `[${index}].lngLat`, row['lngLat'], '[longitude, latitude] in degrees');
  return all;
}

function addFault(faults: Faults | undefined, field: string, got: unknown, expected: string): Faults {
  const all = faults ?? [];
  if (all.length < maxFaults) all.push({ field, got: nameOf(got), expected });
  return all;
}

/** What came, short enough to be sent back, however large or deep it is. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const malformed = (errors: Faults): Problem =>
  new Problem(400, 'malformed-report', 'The report is not an array of fixes as described', { errors });
