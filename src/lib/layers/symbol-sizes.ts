/** Linear between stops of [zoom, value], level outside them. */
function interpolate(stops: readonly (readonly [zoom: number, value: number])[], zoom: number): number {
  let [lowZoom, low] = stops[0]!;
  for (const [highZoom, high] of stops) {
    if (zoom <= highZoom)
      return highZoom === lowZoom ? high : low + ((high - low) * (zoom - lowZoom)) / (highZoom - lowZoom);
    [lowZoom, low] = [highZoom, high];
  }
  return low;
}

/** Radius of a unit's body in CSS pixels: a wall is read from five metres, a city must not be all symbols. */
export const unitRadiusPx = (zoom: number): number =>
  interpolate(
    [
      [9, 3],
      [12, 6],
      [13.5, 11],
      [15, 15],
      [17, 18],
    ],
    zoom,
  );

/** Side of a sentinel point's tile in CSS pixels; smaller than units, which are what moves. */
export const sentinelSizePx = (zoom: number): number =>
  interpolate(
    [
      [11, 12],
      [13.5, 20],
      [15, 26],
      [17, 30],
    ],
    zoom,
  );

/** Radius of an incident's dot in CSS pixels: a town's worth must not be a carpet. */
export const incidentRadiusPx = (zoom: number): number =>
  interpolate(
    [
      [10, 1.2],
      [12, 1.8],
      [14, 3.2],
      [16, 5],
      [18, 7],
    ],
    zoom,
  );

/** Height of label text in CSS pixels. */
export const labelSizePx = (zoom: number): number =>
  interpolate(
    [
      [12, 12],
      [15, 14],
      [17, 16],
    ],
    zoom,
  );
