import { hostname } from 'node:os';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../database/database.ts';
import { OperatorError } from '../environment.ts';
import { raiseRevision } from '../reading/queries.ts';
import {
  condemnImport,
  deleteImport,
  findOpenImports,
  insertImport,
  lockStation,
  markPublished,
  touchImport,
  type ImportClaim,
  type ImportNoun,
  type OpenImport,
} from './queries.ts';

/** An import that is running: its id marks what it stages. */
export interface RunningImport {
  id: string;
  stationId: string;
  /**
   * Publishes in one transaction: `change` and everything staged become visible together.
   * @throws when the import was swept by another meanwhile.
   */
  publish(change: (transaction: Transaction) => Promise<void>): Promise<void>;
}

const touchEveryMs = 5_000;
/** An import silent for this long has ended, whatever its process number says. */
const deadAfterS = 60;

/** Takes away what an import has staged, in short transactions. */
export type Sweep = (database: Database, claim: ImportClaim) => Promise<void>;

/**
 * Runs one import of a noun of a station at a time. What a crashed one left is swept first; when `work` throws, or ends
 * without publishing, nothing of this one stays.
 * @throws {OperatorError} when another one is running.
 */
export async function claimImport<T>(
  database: Database,
  { stationId, noun, fileName }: { stationId: string; noun: ImportNoun; fileName: string },
  work: (running: RunningImport) => Promise<T>,
  sweep: Sweep = async () => {},
): Promise<T> {
  const claim: ImportClaim = { id: uuidv7(), stationId, noun, fileName, host: hostname(), processId: process.pid };
  const inScope = <R>(run: (transaction: Transaction) => Promise<R>) => database.inScope([stationId], run);
  const crashed = await inScope(async (transaction) => {
    await lockStation(transaction, stationId);
    const open = await findOpenImports(transaction, stationId, noun);
    const alive = open.find(isAlive);
    if (alive)
      throw new OperatorError(
        `An import of ${noun} of this station is running already (${alive.fileName}, process ${alive.processId} on ${alive.host}): wait until it has ended. If it was stopped, try again in a minute.`,
      );
    await insertImport(transaction, claim);
    return open;
  });
  const remove = async (left: ImportClaim) => {
    // What was published after all, its answer lost or late, stays.
    if (!(await inScope((transaction) => condemnImport(transaction, left)))) return;
    await sweep(database, left);
    await inScope((transaction) => deleteImport(transaction, left));
  };
  let published = false;
  const pulse = setInterval(() => {
    inScope((transaction) => touchImport(transaction, claim)).catch(() => {});
  }, touchEveryMs);
  pulse.unref();
  try {
    for (const left of crashed) await remove(left);
    return await work({
      id: claim.id,
      stationId,
      async publish(change) {
        await inScope(async (transaction) => {
          if (!(await markPublished(transaction, claim)))
            throw new OperatorError(
              'This import stood still for so long that another one took its place: start it again.',
            );
          await change(transaction);
          await raiseRevision(transaction, noun, stationId);
        });
        published = true;
      },
    });
  } finally {
    clearInterval(pulse);
    // Where the database is gone too, the next import sweeps.
    if (!published) await remove(claim).catch(() => {});
  }
}

function isAlive({ host, processId, silentS }: OpenImport): boolean {
  if (silentS > deadAfterS) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
