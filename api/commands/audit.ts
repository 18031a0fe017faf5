// npm run audit -- verify [--head FILE] | head: checks the audit log, and prints what to keep elsewhere.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installationChain } from '../audit/contract.ts';
import { listAuditHeads } from '../audit/queries.ts';
import { readHeads, writeHead, type KeptHead } from '../audit/read-heads.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import type { Database } from '../database/database.ts';
import { openCommandDatabase } from '../database/open.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { findStations, listStationTree } from '../stations/queries.ts';

const usage = `Usage:
  npm run audit -- verify [--head FILE]   checks every chain, against heads that were kept elsewhere if FILE has them;
                                          ends with 1 when something is wrong
  npm run audit -- head                   prints where each chain ends now, for keeping on another machine`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const { command, headFile } = readArguments(process.argv.slice(2));
  const kept = headFile === undefined ? [] : readHeads(readFile(headFile), headFile);
  const { database, close, died } = await openCommandDatabase(readEnvironment(process.env, []));
  try {
    const isWhole = await Promise.race([command === 'head' ? printHeads(database) : verify(database, kept), died]);
    if (!isWhole) process.exitCode = 1;
  } finally {
    await close();
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function readArguments(args: string[]): { command: 'verify' | 'head'; headFile: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { head: { type: 'string' } } });
    const [command, ...more] = positionals;
    if ((command === 'verify' || (command === 'head' && values.head === undefined)) && more.length === 0)
      return { command, headFile: values.head };
  } catch {
    // An option there is not: the usage tells those there are.
  }
  throw new OperatorError(usage);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

async function printHeads(database: Database): Promise<boolean> {
  for (const head of await database.inScope([], listAuditHeads)) say(writeHead(head));
  return true;
}

async function verify(database: Database, kept: readonly KeptHead[]): Promise<boolean> {
  const names = await stationNames(database);
  let [chains, entries, broken] = [0, 0, 0];
  for await (const { stationId, entryCount, findings } of verifyAudit(database, kept)) {
    chains++;
    entries += entryCount;
    if (findings.length > 0) broken++;
    say(
      `${findings.length === 0 ? 'whole ' : 'BROKEN'} ${stationId} ${names.get(stationId) ?? '(no such station now)'}: ${entryCount} entries`,
    );
    for (const { kind, detail } of findings) say(`       ${kind}: ${detail}`);
  }
  say(
    `${entries} entries in ${chains} chains; ${broken === 0 ? 'all whole' : `${broken} BROKEN`}${kept.length === 0 ? '. No kept heads were given: a chain that was cut short or rewritten to its end would not show.' : `, against ${kept.length} kept heads.`}`,
  );
  return broken === 0;
}

async function stationNames(database: Database): Promise<Map<string, string>> {
  const ids = (await listStationTree(database)).map(({ id }) => id);
  const stations = await database.inScope(ids, (transaction) => findStations(transaction, ids));
  return new Map([
    [installationChain, '(the installation)'],
    ...stations.map(({ id, name }): [string, string] => [id, name]),
  ]);
}
