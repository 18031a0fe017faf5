/** Heading code of a unit whose device does not say where it heads. */
export const headingUnknown = 255;

/** Degrees clockwise from north in 255 steps of 1.41°; NaN is unknown. */
export const encodeHeading = (headingDeg: number): number =>
  Number.isFinite(headingDeg) ? Math.round((((headingDeg % 360) + 360) % 360) * (255 / 360)) % 255 : headingUnknown;

/** Degrees clockwise from north; NaN when unknown. */
export const decodeHeading = (code: number): number => (code === headingUnknown ? NaN : code * (360 / 255));

const fineCodes = 0x8000;
const fineMs = 100;
const coarseMs = 60_000;
const fineEndMs = fineCodes * fineMs;

/**
 * Age of a fix when its message was sent: tenths of a second up to 54 minutes, then minutes up to 22 days, where it stays.
 * A clock that runs ahead counts as 0.
 */
export function encodeAge(ageMs: number): number {
  if (ageMs < fineEndMs) return ageMs > 0 ? Math.floor(ageMs / fineMs) : 0;
  return Math.min(fineCodes + Math.floor((ageMs - fineEndMs) / coarseMs), 0xffff);
}

/** Milliseconds. */
export const decodeAge = (code: number): number =>
  code < fineCodes ? code * fineMs : fineEndMs + (code - fineCodes) * coarseMs;
