import { createHash, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { v7 as uuidv7 } from 'uuid';
import { createSessions } from '../../api/accounts/sessions.ts';
import { createTokens } from '../../api/accounts/tokens/tokens.ts';
import { createViewerOf } from '../../api/accounts/viewer-of.ts';
import { createApp, createRequestWatch, type Dependencies } from '../../api/app.ts';
import { createAudit } from '../../api/audit/audit.ts';
import { createRefusals } from '../../api/audit/refusals.ts';
import type { Database } from '../../api/database/database.ts';
import { sql } from '../../api/database/sql.ts';
import { readEnvironment } from '../../api/environment.ts';
import { createLiveHub } from '../../api/live/hub.ts';
import { createLog } from '../../api/operation/log.ts';
import { createSeal } from '../../api/operation/seal.ts';
import type { UnitKind } from '../../api/positions/contract.ts';
import type { LatestFix, LatestFixes, LivePublisher } from '../../api/positions/latest-fixes.ts';
import { openIngest } from '../../api/positions/open-ingest.ts';
import { answerReportsQuickly } from '../../api/positions/quick-reports.ts';
import { openTestDatabase } from '../database/harness.ts';
import { makeViewer } from '../fixtures/make-viewer.ts';

/** The whole app on a real database, without a port: `app.request('/api/…')`. */
export interface TestApp {
  app: ReturnType<typeof createApp>;
  /** The same with what is answered before the app, for a test that opens a port. */
  listener: RequestListener;
  dependencies: Dependencies;
  database: Database;
  latest: LatestFixes;
  /** What ingest told the live path, oldest first. */
  published: LatestFix[];
  removed: { stationId: string; unitNumber: number }[];
  log: string[];
  close(): Promise<void>;
}

/**
 * @param database a database to use instead of the run's; it is closed with the app all the same
 * @param alsoTells who else is told of fixes
 * @param withSessions people sign in, as `signInAs` does; else whoever asks is commander and administrator everywhere
 */
export async function openTestApp(
  database: Database = openTestDatabase(),
  { withSessions = false, alsoTells = [] }: { withSessions?: boolean; alsoTells?: readonly LivePublisher[] } = {},
): Promise<TestApp> {
  const published: LatestFix[] = [];
  const removed: { stationId: string; unitNumber: number }[] = [];
  const log: string[] = [];
  const environment = readEnvironment({}, ['--no-demo']);
  const sessions = await createSessions(database, { isSecure: true, poll: false });
  const tokens = createTokens(database);
  const viewerOf = withSessions
    ? createViewerOf(sessions, tokens)
    : async () => makeViewer(ingest.registry.stationIds, ['commander', 'administrator']);
  const live = createLiveHub({
    viewerOf,
    tickMs: 0,
    onRefused: (request, error) => refusals.note(request, { error, route: '/api/live' }),
  });
  const ingest = await openIngest({
    database,
    environment,
    poll: false,
    log: createLog((line) => void log.push(line)),
    live: {
      restore: live.restore,
      publishFixes: (fixes) => {
        published.push(...fixes);
        live.publishFixes(fixes);
        for (const other of alsoTells) other.publishFixes(fixes);
      },
      publishRemoval: (stationId, unitNumber) => {
        removed.push({ stationId, unitNumber });
        live.publishRemoval(stationId, unitNumber);
        for (const other of alsoTells) other.publishRemoval(stationId, unitNumber);
      },
    },
  });
  const audit = createAudit(database);
  const appLog = createLog((line) => void log.push(line));
  const refusals = createRefusals({ audit, viewerOf, log: appLog });
  const dependencies: Dependencies = {
    environment,
    database,
    postgisVersion: 'of the test',
    warnings: [],
    viewerOf,
    sessions,
    tokens,
    seal: createSeal(randomBytes(32)),
    audit,
    refusals,
    live,
    registry: ingest.registry,
    ingest: ingest.ingest,
    log: appLog,
  };
  const watch = createRequestWatch(environment);
  const app = createApp(dependencies, watch);
  return {
    app,
    listener: answerReportsQuickly({ ...dependencies, ...watch }, getRequestListener(app.fetch)),
    dependencies,
    database,
    latest: ingest.latest,
    published,
    removed,
    log,
    async close() {
      sessions.close();
      await ingest.close();
      await live.close();
      // A test that took the database away has nowhere to write what was counted.
      await refusals.close();
      await database.close();
    },
  };
}

/** A unit with one device; the device's token, and the number that is its key in fixes. */
export interface ReportingUnit {
  stationId: string;
  unitId: string;
  unitNumber: number;
  device: string;
  deviceNumber: number;
  token: string;
}

let nextUnit = 1;

/** A new unit on duty with a device of its own. The registry knows it after its next `refresh`. */
export async function makeReportingUnit(
  database: Database,
  stationId: string,
  { kind = 'car', dutyState = 'on' }: { kind?: UnitKind; dutyState?: 'on' | 'off' } = {},
): Promise<ReportingUnit> {
  const unitNumber = nextUnit++;
  const unitId = uuidv7();
  const device = `device-${unitNumber}`;
  const token = `token ${unitId}`.replace(' ', '-');
  return database.inScope([stationId], async (transaction) => {
    await transaction.execute(sql`
      INSERT INTO units (id, station_id, number, call_sign, kind, duty_state)
      VALUES (${unitId}, ${stationId}, ${unitNumber}, ${`unit ${unitNumber}`}, ${kind}, ${dutyState})`);
    const [row] = await transaction.query<{ number: number }>(sql`
      INSERT INTO devices (id, station_id, name, unit_id, token_hash)
      VALUES (${uuidv7()}, ${stationId}, ${device}, ${unitId}, ${sha256(token)}) RETURNING number`);
    return { stationId, unitId, unitNumber, device, deviceNumber: row!.number, token };
  });
}

/** A new gateway of a station; its token. */
export async function makeGateway(database: Database, stationId: string): Promise<string> {
  const token = `gateway-${uuidv7()}`;
  await database.inScope([stationId], (transaction) =>
    transaction.execute(
      sql`INSERT INTO gateways (id, station_id, name, token_hash) VALUES (${uuidv7()}, ${stationId}, ${token}, ${sha256(token)})`,
    ),
  );
  return token;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
