// The numbers of a report's fixes: one row of `stride` doubles a fix, NaN for what the device did not say. One typed
// array a report instead of an object with eight boxed doubles a fix keeps the hot path clear of the garbage collector.
export const stride = 8;
export const atMs = 0;
export const lng = 1;
export const lat = 2;
export const accuracyM = 3;
export const speedMps = 4;
export const headingDeg = 5;
export const altitudeM = 6;
export const batteryPct = 7;
