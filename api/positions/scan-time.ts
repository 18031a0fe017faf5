import { parseTime } from './parse-time.ts';

let knownDate = 0;
let knownDateMs = NaN;

/**
 * `parseTime` of a text in bytes: `YYYY-MM-DDTHH:MM:SS.sssZ`, which is what nearly every program writes, without making a
 * string. @returns NaN when it is no time with a zone
 */
export function scanTime(bytes: Buffer, from: number, to: number): number {
  if (to - from !== 24 || bytes[from + 23] !== 90 || bytes[from + 19] !== 46) return parseText(bytes, from, to);
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  const date =
    twoDigits(bytes, from) * 1_000_000 +
    twoDigits(bytes, from + 2) * 10_000 +
    twoDigits(bytes, from + 5) * 100 +
    twoDigits(bytes, from + 8);
  // The date is compared with one that was read in full before; the rest of the form is looked at here.
  if (
    date === knownDate &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60 &&
    bytes[from + 4] === 45 &&
    bytes[from + 7] === 45 &&
    bytes[from + 10] === 84 &&
    bytes[from + 13] === 58 &&
    bytes[from + 16] === 58
  ) {
    const tens = twoDigits(bytes, from + 20);
    const ones = bytes[from + 22]! - 48;
    if (tens >= 0 && ones >= 0 && ones <= 9)
      return knownDateMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + tens * 10 + ones;
  }
  const ms = parseText(bytes, from, to);
  if (ms === ms) {
    knownDate = date;
    knownDateMs = Math.floor(ms / 86_400_000) * 86_400_000;
  }
  return ms;
}

const parseText = (bytes: Buffer, from: number, to: number): number => parseTime(bytes.toString('latin1', from, to));

/** Far below zero when one of the two bytes is no digit. */
function twoDigits(bytes: Uint8Array, index: number): number {
  const tens = bytes[index]! - 48;
  const ones = bytes[index + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1e9;
}
