// npm run retention -- run | report: removes what has expired now, or tells what is kept how long and what was removed.
import { createAudit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { openCommandDatabase } from '../database/open.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { createLog } from '../operation/log.ts';
import { findRetention, findRetentionRuns } from '../retention/queries.ts';
import { removeExpired } from '../retention/remove-expired.ts';
import { findStations, listStationTree } from '../stations/queries.ts';

const usage = `Usage:
  npm run retention -- run      removes what is older than its station keeps it, as the server does every night
  npm run retention -- report   tells how many days each station keeps what, and what the last runs removed`;

const maxRuns = 20;
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const [command, ...more] = process.argv.slice(2);
  if ((command !== 'run' && command !== 'report') || more.length > 0) throw new OperatorError(usage);
  const { database, close, died } = await openCommandDatabase(readEnvironment(process.env, []));
  try {
    await Promise.race([command === 'run' ? run(database) : report(database), died]);
  } finally {
    await close();
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run(database: Database): Promise<void> {
  const names = await stationNames(database);
  const log = createLog((line) => void process.stderr.write(`${line}\n`));
  const reports = await removeExpired({ database, audit: createAudit(database), log });
  for (const { stationId, removed } of reports) say(`${names.get(stationId) ?? stationId}: ${counts(removed)}`);
  if (reports.length === 0) say('Nothing was older than it is kept.');
}

async function report(database: Database): Promise<void> {
  const names = await stationNames(database);
  const stationIds = [...names.keys()];
  const { settings, runs } = await database.inScope(stationIds, async (transaction) => ({
    settings: await findRetention(transaction, stationIds),
    runs: await findRetentionRuns(transaction, stationIds, maxRuns),
  }));
  for (const { stationId, days, overdueShiftHours, isDefault } of settings)
    say(
      `${names.get(stationId)}: keeps ${counts(days)} days${isDefault ? ' (defaults)' : ''}; ends overdue shifts after ${overdueShiftHours} h`,
    );
  for (const { stationId, startedAt, finishedAt, removed } of runs)
    say(
      `${startedAt} ${names.get(stationId)}: removed ${counts(removed)}${finishedAt === null ? ' (not finished)' : ''}`,
    );
}

function counts(numbers: Record<string, number>): string {
  return Object.entries(numbers)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}

async function stationNames(database: Database): Promise<Map<string, string>> {
  const ids = (await listStationTree(database)).map(({ id }) => id);
  const stations = await database.inScope(ids, (transaction) => findStations(transaction, ids));
  return new Map(stations.map(({ id, name }) => [id, name]));
}
