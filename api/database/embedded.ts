import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { OperatorError } from '../environment.ts';

/** The running embedded engine of this process. `socketDir` is what `pg` takes as host. */
export interface EmbeddedEngine {
  socketDir: string;
  close(): Promise<void>;
  /** Rejects when the engine dies on its own; never resolves. */
  died: Promise<never>;
}

export const embeddedSocketPath = (dataDir: string): string => join(dataDir, '.s.PGSQL.5432');

/** Whether a server or command holds the directory now, told by its socket answering. */
export function isHeld(dataDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(embeddedSocketPath(dataDir));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * What a command finds: `held` when a process answers on the socket, `free` when nobody holds the directory. A process
 * that is just starting holds the guard before its socket answers: it is waited for.
 * @throws {OperatorError} when it does not answer within `timeoutMs`.
 */
export async function waitUntilHeldOrFree(dataDir: string, timeoutMs = 60_000): Promise<'held' | 'free'> {
  prepareDirectory(dataDir);
  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    if (await isHeld(dataDir)) return 'held';
    try {
      const guard = await holdGuard(dataDir);
      await new Promise<void>((resolve) => (guard ? guard.close(() => resolve()) : resolve()));
      return 'free';
    } catch (error) {
      if (Date.now() > giveUpAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * Opens the directory's database in a worker thread. The directory is held until `close`.
 * @throws {OperatorError} when it cannot be written, its path is too long for a socket, or another process holds it.
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedEngine> {
  prepareDirectory(dataDir);
  const guard = await holdGuard(dataDir);
  const socketPath = embeddedSocketPath(dataDir);
  if (await isHeld(dataDir)) {
    guard?.close();
    throw heldError(dataDir);
  }
  rmSync(socketPath, { force: true });
  const databaseDir = join(dataDir, 'pgdata');
  const completeMark = join(databaseDir, 'SHAODIAN_COMPLETE');
  const isNew = !existsSync(completeMark);
  if (isNew && existsSync(databaseDir)) setAside(databaseDir);
  refuseOtherVersion(databaseDir, dataDir, guard);
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), {
    workerData: { databaseDir, socketPath },
  });
  let closing = false;
  const died = new Promise<never>((_, reject) => {
    worker.on('error', (error) =>
      reject(new Error(`The embedded database stopped: ${error.message}`, { cause: error })),
    );
    worker.on('exit', (code) => {
      if (!closing) reject(new Error(`The embedded database ended with code ${code}.`));
    });
  });
  died.catch(() => {});
  await Promise.race([
    new Promise<void>((resolve, reject) => {
      worker.once('message', (message: { kind: string; message?: string }) =>
        message.kind === 'open'
          ? resolve()
          : reject(
              new OperatorError(
                `The embedded database in ${dataDir} does not open (${message.message}). If it was copied while in use, restore a backup; else move the directory away and start again.`,
              ),
            ),
      );
    }),
    died,
  ]).catch((error: unknown) => {
    closing = true;
    guard?.close();
    void worker.terminate();
    throw error;
  });
  if (isNew) writeFileSync(completeMark, '');
  return {
    socketDir: dataDir,
    died,
    async close() {
      if (closing) return;
      closing = true;
      const closed = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage('close');
      await closed;
      rmSync(socketPath, { force: true });
      guard?.close();
    },
  };
}

/** The major version of PostgreSQL that PGlite is built of; a directory belongs to one. */
const engineVersion = '18';

function refuseOtherVersion(databaseDir: string, dataDir: string, guard: Server | undefined): void {
  const path = join(databaseDir, 'PG_VERSION');
  const version = existsSync(path) ? readFileSync(path, 'utf8').trim() : engineVersion;
  if (version === engineVersion) return;
  guard?.close();
  throw new OperatorError(
    `The database in ${dataDir} was made by another version of the embedded engine (PostgreSQL ${version}; this is ${engineVersion}), which cannot read it. Make a backup with the Shaodian that made it (npm run backup -- FILE), set DATA_DIR to a new directory, and restore it there (npm run restore -- FILE).`,
  );
}

/** A first start that was killed leaves half a database. Nothing was ever acknowledged in it; one such is kept all the same. */
function setAside(databaseDir: string): void {
  const aside = `${databaseDir}.incomplete`;
  rmSync(aside, { recursive: true, force: true });
  renameSync(databaseDir, aside);
}

const heldError = (dataDir: string) =>
  new OperatorError(
    `${dataDir} is in use by another Shaodian process. Stop that one first, or set DATA_DIR to another directory.`,
  );

function prepareDirectory(dataDir: string): void {
  // sockaddr_un holds 108 bytes on Linux, 104 on macOS, the terminating zero included.
  if (Buffer.byteLength(embeddedSocketPath(dataDir)) > 103)
    throw new OperatorError(`DATA_DIR ${dataDir} is too long for a socket (85 bytes at most): choose a shorter path.`);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new OperatorError(
      `DATA_DIR ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}): give this user the right to write there, or set DATA_DIR to another directory.`,
    );
  }
}

/**
 * Two starts at the same moment both find no socket. On Linux a name in the abstract namespace is taken by exactly one
 * of them and freed by the kernel even after kill -9; elsewhere the socket check alone must do.
 */
function holdGuard(dataDir: string): Promise<Server | undefined> {
  if (process.platform !== 'linux') return Promise.resolve(undefined);
  const name = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 32);
  return new Promise((resolve, reject) => {
    const guard = createServer();
    guard.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? heldError(dataDir) : error),
    );
    guard.listen(`\0shaodian-${name}`, () => {
      guard.unref();
      resolve(guard);
    });
  });
}
