import { hash } from 'node:crypto';
import type { z } from 'zod';
import { Problem } from '../errors.ts';
import { placeProblem, toWgs84 } from '../imports/convert-coordinates.ts';
import type { IncidentState } from './contract.ts';
import type { IncidentFacts } from './record-queries.ts';
import type { recordedIncidentSchema, reportedIncidentSchema } from './record-contract.ts';

/** What a request says of an incident. */
export interface IncidentRequest {
  facts: IncidentFacts;
  /** Undefined: not said. */
  state: IncidentState | undefined;
  sourceId: string | null;
  /** SHA-256 of it all, hex: the same request again has the same. */
  bodyHash: string;
}

type Body = Omit<z.output<typeof recordedIncidentSchema>, 'stationId'> &
  Pick<z.output<typeof reportedIncidentSchema>, 'sourceId'>;

/**
 * The facts of a body whose form was checked, in WGS 84 and UTC.
 * @throws {Problem} 400 with a row for each value that cannot be: no place, a time to come, a sentinel point that told
 * of what a citizen did
 */
export function readIncidentBody(body: Body, latestMs: number): IncidentRequest {
  const { category, source, sentinelId = null, lngLat, crs = 'wgs84', text = null, state, sourceId = null } = body;
  const errors: { field: string; got: string; expected: string }[] = [];
  const expectedPlace = placeProblem(...lngLat);
  if (expectedPlace !== undefined) errors.push({ field: 'lngLat', got: lngLat.join(', '), expected: expectedPlace });
  const occurredAtMs = Date.parse(body.occurredAt);
  if (!(occurredAtMs >= 0 && occurredAtMs <= latestMs))
    errors.push({ field: 'occurredAt', got: body.occurredAt, expected: 'a time that has been, since 1970' });
  if (sentinelId !== null && source !== 'sentinel')
    errors.push({ field: 'sentinelId', got: sentinelId, expected: 'nothing: the source is not sentinel' });
  if (errors.length > 0) throw new Problem(400, 'invalid-body', 'The body has a value that cannot be used', { errors });
  const facts: IncidentFacts = {
    category,
    source,
    sentinelId,
    lngLat: toWgs84(lngLat, crs),
    occurredAt: new Date(occurredAtMs).toISOString(),
    text,
  };
  const { lngLat: place, occurredAt } = facts;
  const whole = JSON.stringify([category, source, sentinelId, place, occurredAt, text, state ?? null, sourceId]);
  return { facts, state, sourceId, bodyHash: hash('sha256', whole, 'hex') };
}
