import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { importIncidents } from '../../api/incidents/import-incidents.ts';
import { takeIncidentNumbers } from '../../api/incidents/queries.ts';
import { insertIncident, seeWithdrawn, updateIncidentState } from '../../api/incidents/record-queries.ts';
import { findIncidents, findRewritten } from '../../api/incidents/reading-queries.ts';
import { appendIncidentEvent, findTimeline } from '../../api/incidents/timeline-queries.ts';
import { removeIncidentTexts, removeTimelineTexts } from '../../api/retention/removal-queries.ts';
import { makeSentinel } from './base-data.ts';
import { explain } from './explain.ts';
import { makeStation, openTestDatabase } from './harness.ts';
import { readText } from './import-text.ts';
import { makeIncidents, makeManyIncidents } from './make-incidents.ts';

let database: Database;
let station: string;
let other: string;

beforeAll(async () => {
  database = openTestDatabase();
  station = await makeStation(database);
  other = await makeStation(database);
});
afterAll(() => database.close());

const inStation = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => database.inScope([station], work);
const all = { showsTexts: true, showsActors: true, showsUnits: true };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const make = async (more: { at?: string; text?: string; sentinelId?: string | null } = {}): Promise<string> => {
  const id = uuidv7();
  const { at = daysAgo(1), text = '报警人称…', sentinelId = null } = more;
  await inStation(async (transaction) => {
    await insertIncident(transaction, {
      id,
      stationId: station,
      number: await takeIncidentNumbers(transaction, station, 1),
      category: 'theft',
      source: sentinelId ? 'sentinel' : 'citizen',
      sentinelId,
      lngLat: [117.9, 29.6],
      occurredAt: at,
      text,
      sourceId: null,
      state: 'open',
      bodyHash: '00'.repeat(32),
    });
  });
  return id;
};
const countTexts = () =>
  inStation(async (transaction) => {
    const [row] = await transaction.query<{ n: number }>(sql`SELECT count(*) AS n FROM incident_event_texts`);
    return row!.n;
  });

test('an event stands on the timeline of its own station’s incident, and on no other’s', async () => {
  const id = await make();
  const [foreign] = await makeIncidents(database, other, [{ number: 1 }]);
  await inStation(async (transaction) => {
    const event = { stationId: station, kind: 'arrived', actor: { accountId: null, name: '王方' } } as const;
    expect(
      await appendIncidentEvent(transaction, { ...event, incidentId: id, texts: { note: '到了' } }),
    ).not.toBeNull();
    expect(await appendIncidentEvent(transaction, { ...event, incidentId: foreign! })).toBeNull();
    expect(await appendIncidentEvent(transaction, { ...event, incidentId: uuidv7() })).toBeNull();
    const timeline = await findTimeline(transaction, { id, stationId: station }, all);
    expect(timeline).toMatchObject([{ kind: 'arrived', note: '到了', actor: { name: '王方' } }]);
    expect(await findTimeline(transaction, { id: foreign!, stationId: station }, all)).toEqual([]);
  });
});

test('texts of a timeline go with the texts of its incident, what was done stays', async () => {
  const [old, young] = [await make({ at: daysAgo(400) }), await make()];
  const withdrawn = await make({ at: daysAgo(400) });
  await inStation(async (transaction) => {
    await seeWithdrawn(transaction);
    for (const incidentId of [old, young, withdrawn])
      await appendIncidentEvent(transaction, {
        stationId: station,
        incidentId,
        kind: 'corrected',
        actor: null,
        texts: { note: '更正', textBefore: '张某', textAfter: '李某' },
      });
    await updateIncidentState(transaction, { id: withdrawn, stationId: station }, { state: 'open', isWithdrawn: true });
  });
  const before = await countTexts();
  const limit = daysAgo(366);
  await inStation((transaction) => removeIncidentTexts(transaction, station, limit, 1000));
  await inStation((transaction) => removeTimelineTexts(transaction, station, limit, 1000));
  expect(await countTexts()).toBe(before - 6);
  const left = await inStation(async (transaction) => {
    await seeWithdrawn(transaction);
    return transaction.query(sql`
      SELECT id, description, body_hash IS NOT NULL AS hash FROM incidents WHERE id = ANY(${[old, young, withdrawn]}::uuid[]) ORDER BY id`);
  });
  expect(left).toEqual([
    { id: old, description: null, hash: false },
    { id: young, description: '报警人称…', hash: true },
    { id: withdrawn, description: null, hash: false },
  ]);
  const timeline = await inStation((transaction) => findTimeline(transaction, { id: old, stationId: station }, all));
  expect(timeline).toMatchObject([{ kind: 'corrected', note: null, textBefore: null, textAfter: null }]);
});

test('a deleted sentinel point leaves the incidents it told of', async () => {
  const sentinelId = await makeSentinel(database, station, { number: '9', name: '平安里', lng: 117.9, lat: 29.6 });
  const id = await make({ sentinelId });
  await inStation((transaction) => transaction.execute(sql`DELETE FROM sentinels WHERE id = ${sentinelId}`));
  const [row] = await inStation((transaction) =>
    transaction.query<{ sentinel: string | null; source: string }>(
      sql`SELECT sentinel_id AS sentinel, source FROM incidents WHERE id = ${id}`,
    ),
  );
  expect(row).toEqual({ sentinel: null, source: 'sentinel' });
});

test('the database takes no sentinel point of another station', async () => {
  const foreign = await makeSentinel(database, other, { number: '9', name: '别处', lng: 117.9, lat: 29.6 });
  await expect(make({ sentinelId: foreign })).rejects.toMatchObject({ code: '23503' });
});

test('an imported file does not bring back what was withdrawn', async () => {
  const file = await readText(
    database,
    station,
    'id,category,occurred_at,lng,lat\nw-1,noise,2026-01-01 08:00,117.9,29.6\n',
  );
  expect(await importIncidents(file)).toMatchObject({ added: 1 });
  await inStation(async (transaction) => {
    await seeWithdrawn(transaction);
    await transaction.execute(sql`UPDATE incidents SET withdrawn_at = now() WHERE source_id = 'w-1'`);
  });
  expect(await importIncidents(file)).toMatchObject({ added: 0, unchanged: 1 });
  const shown = await inStation((transaction) =>
    findIncidents(transaction, { stationIds: [station], textStationIds: [] }, { limit: 1000, categories: ['noise'] }),
  );
  expect(shown).toEqual([]);
});

test('rewrites rise when a dot changes, and not with state or text', async () => {
  const id = await make();
  const rewrites = async () => (await inStation((transaction) => findRewritten(transaction, station, 0))).rewrites;
  const before = await rewrites();
  await inStation((transaction) =>
    transaction.execute(sql`UPDATE incidents SET state = 'closed', description = NULL WHERE id = ${id}`),
  );
  expect(await rewrites()).toBe(before);
  await inStation((transaction) => transaction.execute(sql`UPDATE incidents SET category = 'fight' WHERE id = ${id}`));
  expect(await rewrites()).toBe(before + 1);
});

test('what is open now is found by its own index among many that are closed', async () => {
  const many = await makeStation(database);
  await makeManyIncidents(database, many, 20_000);
  await database.asOwner((transaction) => transaction.execute(sql`ANALYZE incidents`));
  const query = { state: 'open', limit: 200 } as const;
  const scope = { stationIds: [many], textStationIds: [] };
  const plan = await explain(database, [many], (transaction) => findIncidents(transaction, scope, query));
  expect(plan).toContain('incidents_open_idx');
});
