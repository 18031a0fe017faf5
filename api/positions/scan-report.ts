import type { RegistryDevice } from '../units/registry.ts';
import { maxFixesPerReport } from './contract.ts';
import type { DeviceNames } from './device-names.ts';
import { stride } from './fix-values.ts';
import { pending } from './outcome-codes.ts';
import type { Report } from './read-report.ts';
import { notPlain, numberEnd, scanNumber } from './scan-number.ts';
import { scanTime } from './scan-time.ts';

/** Columns of `fix-values.ts` by field; device has none, lngLat has two. */
const fields = ['device', 'at', 'lngLat', 'accuracyM', 'speedMps', 'headingDeg', 'altitudeM', 'batteryPct'];
const fieldBytes = fields.map((name) => Uint8Array.from(Buffer.from(`"${name}"`)));
const columns = [-1, 0, 1, 3, 4, 5, 6, 7];
const [device, at, lngLat, , , heading, , battery] = [0, 1, 2, 3, 4, 5, 6, 7];
const headingColumn = columns[heading!]!;
const batteryColumn = columns[battery!]!;
const required = 0b111;

/** `{"device":"","at":"","lngLat":[0,0]}` */
const shortestFix = 37;

/**
 * Reads a report straight from its bytes into numbers, in less time than JSON.parse takes to make the objects that would
 * be thrown away at once. It knows the plain case only: an array of fixes with the fields of `FixReport`, each once and of
 * the right type, texts without escapes, times in the usual form, numbers as `scanNumber` reads them.
 * @returns undefined for everything else, right or wrong: `readReport` must look at it
 */
export function scanReport(bytes: Buffer, names: DeviceNames, receivedAtMs: number): Report | undefined {
  const capacity = Math.min(Math.floor(bytes.length / shortestFix) + 1, maxFixesPerReport);
  const values = new Float64Array(capacity * stride).fill(NaN);
  const devices: (RegistryDevice | undefined)[] = [];
  const starts: number[] = [];
  let count = 0;
  let index = skipSpace(bytes, 0);
  if (bytes[index] !== 91) return undefined;
  index = skipSpace(bytes, index + 1);
  if (bytes[index] === 93) index++;
  else
    for (;;) {
      if (count === capacity || bytes[index] !== 123) return undefined;
      starts.push(index);
      const offset = count * stride;
      let seen = 0;
      do {
        index = skipSpace(bytes, index + 1);
        const field = fieldAt(bytes, index);
        if (field < 0 || (seen & (1 << field)) !== 0) return undefined;
        seen |= 1 << field;
        index = skipSpace(bytes, index + fieldBytes[field]!.length);
        if (bytes[index] !== 58) return undefined;
        index = skipSpace(bytes, index + 1);
        if (field === device || field === at) {
          if (bytes[index] !== 34) return undefined;
          const from = ++index;
          let hash = 0;
          let code = bytes[index]!;
          // An escape, a control character or, as undefined, the end is not plain.
          while (code >= 32 && code !== 34 && code !== 92) {
            hash = (Math.imul(hash, 31) + code) | 0;
            code = bytes[++index]!;
          }
          if (code !== 34) return undefined;
          if (field === device) devices.push(names.findBytes(bytes, from, index, hash));
          else {
            const time = scanTime(bytes, from, index);
            if (time !== time) return undefined;
            values[offset] = time;
          }
          index++;
        } else if (field === lngLat) {
          if (bytes[index] !== 91) return undefined;
          const first = scanNumber(bytes, skipSpace(bytes, index + 1));
          if (first === notPlain) return undefined;
          index = skipSpace(bytes, numberEnd);
          if (bytes[index] !== 44) return undefined;
          const second = scanNumber(bytes, skipSpace(bytes, index + 1));
          if (second === notPlain) return undefined;
          index = skipSpace(bytes, numberEnd);
          if (bytes[index] !== 93) return undefined;
          values[offset + 1] = first;
          values[offset + 2] = second;
          index++;
        } else {
          const value = scanNumber(bytes, index);
          if (value === notPlain) return undefined;
          values[offset + columns[field]!] = value;
          index = numberEnd;
        }
        index = skipSpace(bytes, index);
      } while (bytes[index] === 44);
      if ((seen & required) !== required || bytes[index] !== 125) return undefined;
      if (values[offset + headingColumn] === 360) values[offset + headingColumn] = 0;
      values[offset + batteryColumn] = Math.round(values[offset + batteryColumn]!);
      count++;
      index = skipSpace(bytes, index + 1);
      if (bytes[index] === 93) {
        starts.push(index++);
        break;
      }
      if (bytes[index] !== 44) return undefined;
      index = skipSpace(bytes, index + 1);
    }
  // Looked at first: one read beyond the end makes V8 compile every read of this function for that case.
  if (index < bytes.length && skipSpace(bytes, index) !== bytes.length) return undefined;
  return {
    receivedAtMs,
    count,
    rowAt: (row) => JSON.parse(bytes.toString('utf8', starts[row], starts[row + 1]).replace(/[\s,]+$/, '')) as object,
    devices,
    values: values.subarray(0, count * stride),
    outcomes: new Uint8Array(count).fill(pending),
  };
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let index = from;
  let code = bytes[index];
  while (code === 32 || code === 10 || code === 13 || code === 9) code = bytes[++index];
  return index;
}

/** The field whose quoted name stands here, by the letters that tell the names apart and then by the whole name; -1: none. */
function fieldAt(bytes: Uint8Array, index: number): number {
  const first = bytes[index + 1];
  const second = bytes[index + 2];
  let field: number;
  if (first === 97) field = second === 116 ? 1 : second === 99 ? 3 : 6;
  else if (first === 100) field = 0;
  else if (first === 108) field = 2;
  else if (first === 115) field = 4;
  else if (first === 104) field = 5;
  else if (first === 98) field = 7;
  else return -1;
  const name = fieldBytes[field]!;
  for (let at = 0; at < name.length; at++) if (bytes[index + at] !== name[at]) return -1;
  return field;
}
