/** Where the number read last ended. */
export let numberEnd = 0;

const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** What no number of the plain kind is: the caller must look at it in another way. */
export const notPlain = Infinity;

/**
 * A JSON number that starts here, NaN for null; `numberEnd` is behind it. `notPlain` for an exponent, for more than 15
 * digits, of which a quotient might be rounded twice (W. D. Clinger, "How to Read Floating Point Numbers Accurately",
 * 1990: the fast path), and for what is no number.
 */
export function scanNumber(bytes: Uint8Array, from: number): number {
  let index = from;
  let code = bytes[index]!;
  const isNegative = code === 45;
  if (isNegative) code = bytes[++index]!;
  const first = index;
  let digits = 0;
  while (code >= 48 && code <= 57) {
    digits = digits * 10 + (code - 48);
    code = bytes[++index]!;
  }
  let length = index - first;
  if (length === 0) return isNegative ? notPlain : scanNull(bytes, from);
  if (length > 1 && bytes[first] === 48) return notPlain;
  let decimals = 0;
  if (code === 46) {
    const start = ++index;
    code = bytes[index]!;
    while (code >= 48 && code <= 57) {
      digits = digits * 10 + (code - 48);
      code = bytes[++index]!;
    }
    decimals = index - start;
    length += decimals;
    if (decimals === 0) return notPlain;
  }
  if (length > 15 || code === 101 || code === 69) return notPlain;
  numberEnd = index;
  const magnitude = decimals === 0 ? digits : digits / powersOfTen[decimals]!;
  return isNegative ? -magnitude : magnitude;
}

function scanNull(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== 110 || bytes[from + 1] !== 117 || bytes[from + 2] !== 108 || bytes[from + 3] !== 108)
    return notPlain;
  numberEnd = from + 4;
  return NaN;
}
