type Position = [lng: number, lat: number];

/** A ring as lines of "lng, lat", its last position not repeated: what a person types, reads aloud and compares. */
export const writeRing = (ring: readonly (readonly number[])[]): string =>
  ring
    .slice(0, -1)
    .map(([lng, lat]) => `${round(lng ?? 0)}, ${round(lat ?? 0)}`)
    .join('\n');

/** @returns the closed ring; or the number of the first line that is no place, from 1; 0 when there are fewer than three. */
export function parseRing(text: string): Position[] | { badLine: number } {
  const ring: Position[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const position = parsePosition(line);
    if (!position) return { badLine: index + 1 };
    ring.push(position);
  }
  const [first] = ring;
  if (!first || ring.length < 3) return { badLine: 0 };
  return [...ring, first];
}

/** A line as it is typed; undefined: not all lines are places, or there are fewer than two. */
export function parseLine(text: string): Position[] | undefined {
  const places = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parsePosition);
  const line = places.filter((place) => place !== undefined);
  return line.length >= 2 && line.length === places.length ? line : undefined;
}
export const writeLine = (line: readonly (readonly number[])[]): string =>
  line.map(([lng, lat]) => `${round(lng ?? 0)}, ${round(lat ?? 0)}`).join('\n');

/** "117.1234, 29.1234"; undefined: no place on earth. */
export function parsePosition(text: string): Position | undefined {
  const [lng, lat, ...rest] = text
    .trim()
    .split(/[\s,，;]+/)
    .map(Number);
  if (lng === undefined || lat === undefined || rest.length > 0) return undefined;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 90 ? [lng, lat] : undefined;
}

/** Seven decimals are a centimetre. */
const round = (degrees: number): number => Number(degrees.toFixed(7));
