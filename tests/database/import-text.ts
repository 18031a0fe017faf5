import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../api/database/database.ts';
import type { ImportRequest } from '../../api/imports/import-request.ts';
import { readSource } from '../../api/imports/read-source.ts';

/** What an import of this file's content works on, read through a real file. */
export async function readText(
  database: Database,
  stationId: string,
  content: string | Uint8Array,
  more: Partial<ImportRequest> = {},
): Promise<ImportRequest> {
  const directory = mkdtempSync(join(tmpdir(), 'sd-import-'));
  try {
    const path = join(directory, 'file');
    writeFileSync(path, content);
    return {
      database,
      stationId,
      fileName: 'file',
      source: await readSource(path),
      timeZone: 'Asia/Shanghai',
      crs: 'wgs84',
      columnsTold: [],
      secretsDir: directory,
      onProgress: () => {},
      ...more,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
