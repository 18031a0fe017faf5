import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { OperatorError } from '../environment.ts';
import { placeProblem } from '../imports/convert-coordinates.ts';

/** A recorded place and time; undefined where the recorder did not say. */
export interface RecordedFix {
  lng: number;
  lat: number;
  atMs: number;
  altitudeM: number | undefined;
  speedMps: number | undefined;
  headingDeg: number | undefined;
}

/** Elements of a track point that are read: GPX 1.0 has course and speed itself, 1.1 in extensions of any prefix. */
const fieldOf: Record<string, 'altitudeM' | 'speedMps' | 'headingDeg'> = {
  ele: 'altitudeM',
  speed: 'speedMps',
  course: 'headingDeg',
};

/**
 * The track points of a GPX 1.0 or 1.1 file in time order, those of all its tracks and segments; a time that stands twice
 * once. Reads the text as it comes.
 * @throws {OperatorError} when it is no GPX, has no track points, or one has no time or place.
 */
export async function readGpx(chunks: AsyncIterable<string>, fileName: string): Promise<RecordedFix[]> {
  const fixes: RecordedFix[] = [];
  const parser = new SaxesParser();
  const refuse = (what: string): never => {
    throw new OperatorError(`${fileName}, line ${parser.line}: ${what}`);
  };
  let point: (Partial<RecordedFix> & { lng: number; lat: number }) | undefined;
  let text = '';
  let isRoot = true;
  parser.on('error', (error) => refuse(`is not XML: ${error.message.replace(/^\d+:\d+: /, '')}.`));
  parser.on('opentag', (tag: SaxesTagPlain) => {
    const name = localName(tag.name);
    if (isRoot && name !== 'gpx') refuse(`begins with <${tag.name}>; expected <gpx>.`);
    isRoot = false;
    text = '';
    if (name !== 'trkpt') return;
    const [lng, lat] = [readNumber(tag.attributes['lon']), readNumber(tag.attributes['lat'])];
    const expected = placeProblem(lng ?? NaN, lat ?? NaN);
    if (expected)
      refuse(`a track point at lon ${tag.attributes['lon']}, lat ${tag.attributes['lat']}; expected ${expected}.`);
    point = { lng: lng ?? 0, lat: lat ?? 0 };
  });
  parser.on('text', (more) => (text += more));
  parser.on('closetag', (tag) => {
    const name = localName(tag.name);
    if (!point) return;
    if (name === 'time')
      point.atMs =
        readTime(text) ??
        refuse(`a track point has the time ${JSON.stringify(text.trim())}; expected one such as 2026-11-22T08:00:00Z.`);
    else if (name === 'trkpt') {
      const { lng, lat, atMs, altitudeM, speedMps, headingDeg } = point;
      if (atMs === undefined)
        return refuse(
          `track point ${fixes.length + 1} has no time; a replay needs the time of each, so record a track (a planned route has none).`,
        );
      fixes.push({ lng, lat, atMs, altitudeM, speedMps, headingDeg });
      point = undefined;
    } else {
      const field = fieldOf[name];
      if (field) point[field] = readNumber(text);
    }
  });
  for await (const chunk of chunks) parser.write(chunk);
  parser.close();
  if (fixes.length === 0)
    throw new OperatorError(`${fileName} has no track points (<trkpt>): a route or waypoints cannot be replayed.`);
  fixes.sort((a, b) => a.atMs - b.atMs);
  return fixes.filter(({ atMs }, index) => index === 0 || atMs !== fixes[index - 1]?.atMs);
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function readNumber(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** GPX times are UTC, also where a recorder leaves the Z away. */
function readTime(text: string): number | undefined {
  const trimmed = text.trim();
  const atMs = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? trimmed : `${trimmed}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
