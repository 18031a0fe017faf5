// A throw-away PostgreSQL cluster with PostGIS, made from the installed binaries in a temporary directory on a free port.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgisCluster {
  /** URL of a superuser and an empty database `shaodian`. */
  url: string;
  binDir: string;
  /** Makes one more empty database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server as an administrator's restart would; `launch` starts it again on the same port. */
  halt(): Promise<void>;
  launch(): void;
  /** `launch` when it has ended by itself. */
  launchAnew(): void;
  stop(): Promise<void>;
}

/**
 * @param parent where its directory is made; it must let the database's user in
 * @param durable commits wait for the disk (as in production); tests that do not kill the database leave it off.
 * @throws with what to install when PostgreSQL or PostGIS is missing.
 */
export async function startPostgisCluster({
  durable = false,
  parent = tmpdir(),
  settings = {},
}: { durable?: boolean; parent?: string; settings?: Record<string, string> } = {}): Promise<PostgisCluster> {
  const binDir = findBinaries();
  const user = userToRunAs();
  const directory = mkdtempSync(join(parent, 'sd-pg-'));
  chmodSync(directory, 0o700);
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid ?? user.uid);
  const data = join(directory, 'data');
  await run(
    join(binDir, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...user, cwd: directory },
  );
  const port = await findFreePort();
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: directory,
    port: String(port),
    max_connections: '60',
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  let log = '';
  let postmaster: ChildProcess | undefined;
  const launch = () => {
    postmaster = spawn(
      join(binDir, 'postgres'),
      ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    postmaster.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  };
  const halt = async () => {
    if (!postmaster || postmaster.exitCode !== null || postmaster.signalCode !== null) return;
    const ended = new Promise((resolve) => postmaster?.once('exit', resolve));
    postmaster.kill('SIGINT');
    await ended;
  };
  const launchAnew = () => {
    if (postmaster?.exitCode !== null || postmaster.signalCode !== null) launch();
  };
  launch();
  const stop = async () => {
    await halt();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', () => postmaster?.kill('SIGKILL'));
  const psql = (statement: string, database = 'postgres') =>
    run(join(binDir, 'psql'), [
      '-X',
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      'postgres',
      '-d',
      database,
      '-c',
      statement,
    ]);
  const urlOf = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const createDatabase = async (name: string) => {
    await psql(`CREATE DATABASE "${name}"`);
    return urlOf(name);
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await createDatabase('shaodian');
      break;
    } catch (error) {
      if (attempt > 100 || postmaster?.exitCode !== null) {
        await stop();
        throw new Error(`The throw-away PostgreSQL did not start:\n${log}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return { url: urlOf('shaodian'), binDir, createDatabase, halt, launch, launchAnew, stop };
}

/** Directory of the binaries of the newest PostgreSQL here that has PostGIS. */
export function findBinaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const hasPostgis = existsSync(`/usr/share/postgresql/${version}/extension/postgis.control`);
    if (existsSync(join(root, version, 'bin/initdb')) && hasPostgis) return join(root, version, 'bin');
  }
  throw new Error(
    'These tests need PostgreSQL with PostGIS on this machine. Debian: apt-get install postgresql-15-postgis-3',
  );
}

/** initdb and postgres refuse root; Debian's package makes the user postgres. */
function userToRunAs(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (!entry) throw new Error('Root may not run PostgreSQL and there is no user postgres: useradd --system postgres');
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
