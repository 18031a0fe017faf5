import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { claimImport } from '../imports/claim-import.ts';
import { dropRepeats } from '../imports/drop-repeats.ts';
import type { ImportOutcome, ImportRequest } from '../imports/import-request.ts';
import { mapColumns, requireFields } from '../imports/map-columns.ts';
import { compareMembers, type MemberChanges } from './compare-members.ts';
import {
  deleteMembers,
  findQrCodes,
  findSentinelsByNumber,
  upsertMembers,
  upsertSentinels,
  type KnownSentinel,
  type SentinelBody,
} from './queries.ts';
import { readSentinel, sentinelFields, type ReadSentinel } from './read-sentinel.ts';

/**
 * Sentinel points of a file by their number, with their members, published together. A point without a QR code gets one;
 * points that the file does not name stay, members that it does not name leave (where it has members at all).
 */
export async function importSentinels(request: ImportRequest): Promise<ImportOutcome> {
  const { database, stationId, fileName, onProgress } = request;
  const { sentinels, rejects } = readSentinels(request);
  const counts = { added: 0, changed: 0, unchanged: 0 };
  if (sentinels.length === 0) return { ...counts, rejects, notes: [] };
  await claimImport(database, { stationId, noun: 'sentinels', fileName }, async (running) => {
    const { known, takenCodes } = await database.inScope([stationId], async (transaction) => ({
      known: await findSentinelsByNumber(
        transaction,
        stationId,
        sentinels.map(({ number }) => number),
      ),
      takenCodes: await findQrCodes(
        transaction,
        stationId,
        sentinels.flatMap(({ qrCode }) => qrCode ?? []),
      ),
    }));
    const knownByNumber = new Map(known.map((sentinel) => [sentinel.number, sentinel]));
    const ownerOfCode = new Map(takenCodes.map(({ qrCode, number }) => [qrCode, number]));
    const written: (SentinelBody & { qrCode: string })[] = [];
    const memberChanges: MemberChanges[] = [];
    for (const sentinel of sentinels) {
      const owner = sentinel.qrCode === null ? undefined : ownerOfCode.get(sentinel.qrCode);
      if (owner !== undefined && owner !== sentinel.number) {
        rejects.push({
          line: sentinel.line,
          field: 'qr_code',
          got: sentinel.qrCode ?? '',
          expected: `a code of its own; point ${owner} has it`,
        });
        continue;
      }
      const before = knownByNumber.get(sentinel.number);
      const body = completeBody(sentinel, before);
      const members = sentinel.members && compareMembers(body.id, before?.members ?? [], sentinel.members);
      const membersDiffer = members !== null && members.written.length + members.removed.length > 0;
      const bodyDiffers = !before || !isSameBody(before, body);
      if (bodyDiffers) written.push(body);
      if (members && membersDiffer) memberChanges.push(members);
      counts[!before ? 'added' : bodyDiffers || membersDiffer ? 'changed' : 'unchanged']++;
    }
    if (counts.added + counts.changed > 0)
      await running.publish(async (transaction) => {
        if (written.length > 0) await upsertSentinels(transaction, stationId, written);
        const removed = memberChanges.flatMap((changes) => changes.removed);
        if (removed.length > 0) await deleteMembers(transaction, stationId, removed);
        const members = memberChanges.flatMap((changes) => changes.written);
        if (members.length > 0) await upsertMembers(transaction, stationId, members);
      });
    onProgress(1, 1);
  });
  return { ...counts, rejects, notes: [] };
}

function readSentinels({ source, crs, columnsTold }: ImportRequest) {
  const map = mapColumns(source.columns, sentinelFields, columnsTold);
  const place = source.rows.some(({ geometry }) => geometry) ? [] : ['lng', 'lat'];
  requireFields(source.columns, map, sentinelFields, ['number', 'name', ...place]);
  const rejects = [...source.rejects];
  const read: ReadSentinel[] = [];
  for (const row of source.rows) {
    const sentinel = readSentinel(row, map, crs);
    if (Array.isArray(sentinel)) rejects.push(...sentinel);
    else read.push(sentinel);
  }
  const numbers = dropRepeats(read, 'number', ({ number }) => number);
  const codes = dropRepeats(numbers.kept, 'qr_code', ({ qrCode }) => qrCode);
  return { sentinels: codes.kept, rejects: [...rejects, ...numbers.rejects, ...codes.rejects] };
}

const completeBody = (
  sentinel: ReadSentinel,
  before: KnownSentinel | undefined,
): SentinelBody & { qrCode: string } => ({
  id: before?.id ?? uuidv7(),
  number: sentinel.number,
  name: sentinel.name,
  kind: sentinel.kind,
  address: sentinel.address,
  lng: sentinel.lng,
  lat: sentinel.lat,
  // 96 bits: a code proves a visit, so that none can be guessed.
  qrCode: sentinel.qrCode ?? before?.qrCode ?? randomBytes(12).toString('base64url'),
});

const isSameBody = (before: KnownSentinel, body: SentinelBody): boolean =>
  (['name', 'kind', 'address', 'lng', 'lat', 'qrCode'] as const).every((field) => before[field] === body[field]);
