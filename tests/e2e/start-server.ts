import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyEmbeddedTemplate } from '../database/embedded-template.ts';
import { startFlags } from '../fixtures/start-flags.ts';

export interface ServerProcess {
  url: string;
  dataDir: string;
  pid: number;
  /** Sends a signal and waits for the end; gives the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends it and deletes its data directory. */
  remove(): Promise<void>;
  /** All it printed so far. */
  output(): string;
}

/**
 * Starts the real server as a process of its own on a free port, on the embedded database in a temporary directory
 * unless told otherwise, and waits for the line with its URL.
 */
export async function startServerProcess(
  options: {
    args?: string[];
    environment?: Record<string, string>;
    timeoutMs?: number;
    /** Make the database from nothing instead of copying a migrated one. */
    fresh?: boolean;
  } = {},
): Promise<ServerProcess> {
  const { args = [], environment = {}, timeoutMs = 120_000, fresh = false } = options;
  const dataDir = environment['DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'sd-'));
  if (!fresh && !environment['DATABASE_URL'] && !environment['DATA_DIR']) await copyEmbeddedTemplate(dataDir);
  const child = spawn(
    process.execPath,
    [...startFlags, join(import.meta.dirname, '../../api/commands/start.ts'), ...args],
    {
      env: { ...process.env, DATABASE_URL: '', PORT: '0', HOST: '', ...environment, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start within ${timeoutMs / 1000} s:\n${output}`));
    }, timeoutMs);
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /Shaodian: (https?:\/\/\S+)/.exec(output)?.[1];
      if (found) {
        clearTimeout(timer);
        resolve(found);
      }
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with code ${code}:\n${output}`));
    });
  });
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    end,
    output: () => output,
    async remove() {
      await end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
