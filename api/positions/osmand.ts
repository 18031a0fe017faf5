// The protocol of OsmAnd's online tracking and of Traccar Client (traccar.org/osmand): one fix as query or form
// parameters, and, from Traccar Client 9 on, as JSON of its location library.
import { Problem, type ProblemDetails } from '../errors.ts';
import { parseJson } from './read-body.ts';
import { parseTime } from './parse-time.ts';
import type { FixReport } from './contract.ts';

/** What a phone sent: its credential, which is its id, and its fixes without the device's name. */
export interface OsmandReport {
  token: string | undefined;
  rows: Omit<FixReport, 'device'>[];
  /** The person calls for help: `alarm=sos`, as Traccar Client's button sends it; with the last of the fixes. */
  isSos: boolean;
}

/** Speed comes in knots in parameters (Traccar's OsmAndProtocolDecoder reads it so), in m/s in JSON (traccar.org/osmand). */
const mpsPerKnot = 1852 / 3600;

/** One dilution of precision is about this much with a phone's range error of 5 m (gps.gov, user range error). */
const metresPerHdop = 5;

/**
 * Reads a request of the protocol.
 * @param query parameters of the address; a form body adds to them
 * @param body form or JSON, told by its first character, because clients send wrong content types
 * @param nowMs time of a fix that gives none
 * @throws {Problem} 400 naming the field when something needed is missing or unreadable
 */
export function parseOsmand(query: URLSearchParams, body: string, nowMs: number): OsmandReport {
  const text = body.trim();
  if (text.startsWith('{') || text.startsWith('[')) return parseJsonForm(parseJson(text), query);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(text)) parameters.append(name, value);
  return parseParameters(parameters, nowMs);
}

function parseParameters(parameters: URLSearchParams, nowMs: number): OsmandReport {
  const location = parameters.get('location')?.split(',');
  const lat = parameters.get('lat') ?? parameters.get('latitude') ?? location?.[0];
  const lng = parameters.get('lon') ?? parameters.get('lng') ?? parameters.get('longitude') ?? location?.[1];
  const number = (name: string) => toNumber(parameters.get(name), name);
  const accuracyM = known(number('accuracy'));
  const hdop = known(number('hdop'));
  const speedKnots = known(number('speed'));
  const timestamp = parameters.get('timestamp');
  return {
    token: readToken(parameters),
    isSos: parameters.get('alarm') === 'sos',
    rows: [
      {
        at: timestamp === null || timestamp === '' ? new Date(nowMs).toISOString() : readTimestamp(timestamp),
        lngLat: [required(toNumber(lng, 'lon'), 'lon'), required(toNumber(lat, 'lat'), 'lat')],
        accuracyM: accuracyM ?? (hdop === undefined ? undefined : hdop * metresPerHdop),
        speedMps: speedKnots === undefined ? undefined : speedKnots * mpsPerKnot,
        headingDeg: known(number('bearing') ?? number('heading') ?? number('course')),
        altitudeM: number('altitude'),
        batteryPct: known(number('batt') ?? number('battery')),
      },
    ],
  };
}

/** `{location: {timestamp, coords: {…}, battery: {level}}, device_id}`; location may be an array of those. */
function parseJsonForm(body: unknown, query: URLSearchParams): OsmandReport {
  const { location, device_id: deviceId } = fieldsOf(body, '');
  const locations = Array.isArray(location) ? location : [location];
  return {
    token: typeof deviceId === 'string' || typeof deviceId === 'number' ? String(deviceId) : readToken(query),
    rows: locations.map((one, index) => readLocation(one, Array.isArray(location) ? `location[${index}]` : 'location')),
    isSos: locations.some(
      (one: { extras?: { alarm?: unknown } | null } | null | undefined) => one?.extras?.alarm === 'sos',
    ),
  };
}

function readLocation(location: unknown, field: string): Omit<FixReport, 'device'> {
  const { timestamp, coords, battery } = fieldsOf(location, field);
  const place = fieldsOf(coords, `${field}.coords`);
  const number = (name: string) => toNumber(place[name], `${field}.coords.${name}`);
  const level =
    battery == null ? undefined : toNumber(fieldsOf(battery, `${field}.battery`)['level'], `${field}.battery.level`);
  if (typeof timestamp !== 'string' && typeof timestamp !== 'number')
    throw malformed(
      `${field}.timestamp`,
      timestamp,
      'a time: ISO 8601 with a zone, or seconds or milliseconds since 1970',
    );
  return {
    at: readTimestamp(String(timestamp), `${field}.timestamp`),
    lngLat: [
      required(number('longitude'), `${field}.coords.longitude`),
      required(number('latitude'), `${field}.coords.latitude`),
    ],
    accuracyM: known(number('accuracy')),
    speedMps: known(number('speed')),
    headingDeg: known(number('heading')),
    altitudeM: number('altitude'),
    // A level from 0 to 1, -1 when the phone does not know.
    batteryPct: level === undefined || level < 0 ? undefined : level * 100,
  };
}

const readToken = (parameters: URLSearchParams): string | undefined =>
  parameters.get('id') ?? parameters.get('deviceid') ?? parameters.get('device_id') ?? undefined;

/** Seconds below 2^31 (so does Traccar), else milliseconds; else ISO 8601. */
function readTimestamp(text: string, field = 'timestamp'): string {
  const trimmed = text.trim();
  const ms = /^\d+(\.\d+)?$/.test(trimmed)
    ? Number(trimmed) * (Number(trimmed) < 2 ** 31 ? 1000 : 1)
    : // An unescaped + of an offset arrives as a space.
      parseTime(trimmed.replace(/ (?=\d\d:?\d\d$)/, '+'));
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999)
    throw malformed(field, text, 'a time: ISO 8601 with a zone, or seconds or milliseconds since 1970');
  return date.toISOString();
}

/** undefined when nothing was sent. @throws {Problem} 400 when it is no number. */
function toNumber(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) throw malformed(field, value, 'a number');
  return number;
}

/** Phones say a negative number for what they do not know (CoreLocation does for speed, course and accuracy). */
const known = (value: number | undefined): number | undefined => (value !== undefined && value < 0 ? undefined : value);

function required(value: number | undefined, field: string): number {
  if (value === undefined) throw malformed(field, value, 'a number in degrees');
  return value;
}

function fieldsOf(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(field, value, 'an object');
  return value as Record<string, unknown>;
}

function malformed(field: string, got: unknown, expected: string): Problem {
  const shown =
    got === undefined ? 'nothing' : typeof got === 'object' ? 'an object' : JSON.stringify(got).slice(0, 60);
  const errors: ProblemDetails['errors'] = [{ field, got: shown, expected }];
  return new Problem(400, 'malformed-report', 'The request is not one of the OsmAnd protocol', { errors });
}
