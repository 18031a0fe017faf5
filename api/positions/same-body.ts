import { accuracyM, altitudeM, batteryPct, headingDeg, lat, lng, speedMps } from './fix-values.ts';

/** Whether two rows of `fix-values.ts` say the same at the precision that is stored: `real` for all but the place. */
export function isSameBody(a: Float64Array, offsetA: number, b: Float64Array, offsetB: number): boolean {
  return (
    a[offsetA + lng] === b[offsetB + lng] &&
    a[offsetA + lat] === b[offsetB + lat] &&
    [accuracyM, speedMps, headingDeg, altitudeM, batteryPct].every((column) =>
      Object.is(Math.fround(a[offsetA + column]!) + 0, Math.fround(b[offsetB + column]!) + 0),
    )
  );
}
