import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../operator-error.ts';

const minLength = 32;

/**
 * The installation's own key: SECRET_KEY or SECRET_KEY_FILE, else DATA_DIR/secret.key, made at the first start for its
 * owner alone. Without it the second factors in the database cannot be read, so it belongs into every backup, apart from it.
 * @throws {OperatorError} when it is too short, cannot be read, or can be read by others
 */
export function readInstallationKey({
  secretKey,
  dataDir,
}: {
  secretKey: string | undefined;
  dataDir: string;
}): string {
  const key = secretKey ?? readKeyFile(dataDir);
  if (key.length < minLength)
    throw new OperatorError(
      `The secret key has ${key.length} signs; it needs ${minLength} or more random ones (openssl rand -base64 32).`,
    );
  return key;
}

function readKeyFile(dataDir: string): string {
  const path = join(dataDir, 'secret.key');
  if (!existsSync(path)) makeKeyFile(dataDir, path);
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new OperatorError(`${path} can be read by other users of this machine: chmod 600 ${path}`);
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** Whole or not at all: of two first starts one makes it, and neither reads half of it. */
function makeKeyFile(dataDir: string, path: string): void {
  const written = `${path}.${process.pid}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(written, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    linkSync(written, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new OperatorError(
        `DATA_DIR ${dataDir} cannot be written (${code}): give this user the right to write there, or set DATA_DIR to another directory.`,
      );
  } finally {
    discard(written);
  }
}

/** What could not be written need not be removed; the reason for that was told. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // ENOTDIR: the directory is none.
  }
}
