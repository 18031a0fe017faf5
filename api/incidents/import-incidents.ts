import { v7 as uuidv7 } from 'uuid';
import { writeInBatches } from '../basemap/write-in-batches.ts';
import type { Database } from '../database/database.ts';
import { claimImport } from '../imports/claim-import.ts';
import type { ImportOutcome, ImportRequest } from '../imports/import-request.ts';
import { mapColumns, requireFields } from '../imports/map-columns.ts';
import type { ImportClaim } from '../imports/queries.ts';
import { createTimeReader } from '../imports/read-time.ts';
import type { Reject } from '../imports/source-row.ts';
import {
  analyzeIncidentKeys,
  compareIncidents,
  deleteStagedIncidents,
  seeStaged,
  stageIncidents,
  takeIncidentNumbers,
  updateIncidents,
  type IncidentBody,
} from './queries.ts';
import { raiseRewrites } from './reading-queries.ts';
import { incidentFields, nameIncidents, readIncident, type ReadIncident } from './read-incident.ts';

/**
 * Incidents of a file: new ones are staged unseen and published by one switch together with the changes of known ones.
 * Known is what has the same source and id. Incidents that the file does not name stay.
 */
export async function importIncidents(request: ImportRequest): Promise<ImportOutcome> {
  const { database, stationId, fileName, onProgress } = request;
  const { incidents, rejects, notes } = readIncidents(request);
  const counts = { added: 0, changed: 0, unchanged: 0 };
  if (incidents.length > 0)
    await claimImport(
      database,
      { stationId, noun: 'incidents', fileName },
      async (running) => {
        const changed: (IncidentBody & { id: string })[] = [];
        let done = 0;
        let analyzedAt = 0;
        await database.asOwner(analyzeIncidentKeys);
        await writeInBatches(incidents, async (batch) => {
          if (counts.added > 2 * analyzedAt + 500) {
            await database.asOwner(analyzeIncidentKeys);
            analyzedAt = counts.added;
          }
          await database.inScope([stationId], async (transaction) => {
            await seeStaged(transaction);
            const known = await compareIncidents(transaction, stationId, batch);
            const isKnown = new Set(known.map(({ ordinal }) => ordinal));
            const added = batch
              .filter((_, index) => !isKnown.has(index + 1))
              .map((body) => ({ ...body, id: uuidv7() }));
            if (added.length > 0) {
              const firstNumber = await takeIncidentNumbers(transaction, stationId, added.length);
              await stageIncidents(transaction, { stationId, importId: running.id, firstNumber }, added);
            }
            for (const { ordinal, id, isSame } of known) {
              const body = batch[ordinal - 1];
              if (!isSame && body) changed.push({ ...body, id });
            }
            counts.added += added.length;
            counts.unchanged += known.filter(({ isSame }) => isSame).length;
          });
          onProgress((done += batch.length), incidents.length);
        });
        counts.changed = changed.length;
        if (counts.added + counts.changed > 0)
          await running.publish(async (transaction) => {
            if (changed.length > 0) await updateIncidents(transaction, stationId, changed);
            // Their numbers were taken as they were staged: others that came meanwhile have higher ones.
            await raiseRewrites(transaction, stationId);
          });
      },
      sweepIncidents,
    );
  return { ...counts, rejects, notes };
}

function readIncidents({ source, columnsTold, crs, timeZone, dateOrder }: ImportRequest) {
  const map = mapColumns(source.columns, incidentFields, columnsTold);
  const place = source.rows.some(({ geometry }) => geometry) ? [] : ['lng', 'lat'];
  const time = map.has('date') && map.has('time') ? [] : ['occurred_at'];
  requireFields(source.columns, map, incidentFields, ['category', ...time, ...place]);
  const readTime = createTimeReader(timeZone, dateOrder);
  const read: ReadIncident[] = [];
  const rejects: Reject[] = [...source.rejects];
  for (const row of source.rows) {
    const incident = readIncident(row, map, { crs, readTime });
    if (Array.isArray(incident)) rejects.push(...incident);
    else read.push(incident);
  }
  const { named, rejects: twice } = nameIncidents(read);
  const doubts = (doubt: ReadIncident['doubt']) => named.filter((incident) => incident.doubt === doubt).length;
  const [twiceCount, neverCount] = [doubts('twice'), doubts('never')];
  const notes: string[] = [];
  if (!map.has('source_id'))
    notes.push(
      'The file has no ids: each row is known again by what it holds, so a corrected row comes as a new incident.',
    );
  if (twiceCount > 0)
    notes.push(`${twiceCount} × a local time that ${timeZone} had twice (clocks put back): the first was taken.`);
  if (neverCount > 0)
    notes.push(
      `${neverCount} × a local time that ${timeZone} never had (clocks put ahead): moved on by what was skipped.`,
    );
  return { incidents: named, rejects: [...rejects, ...twice], notes };
}

async function sweepIncidents(database: Database, claim: ImportClaim): Promise<void> {
  const removeSome = () =>
    database.inScope([claim.stationId], async (transaction) => {
      await seeStaged(transaction);
      return deleteStagedIncidents(transaction, claim, 1000);
    });
  while ((await removeSome()) > 0);
}
