// Vitest global set-up: one engine for the run. TEST_DATABASE_URL names a PostGIS; without it the embedded engine is
// started in a temporary directory. Tests keep apart by making their own stations (`harness.ts`).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openPool, type PoolOptions } from '../../api/database/database.ts';
import { openEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    poolOptions: PoolOptions;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) {
    const poolOptions: PoolOptions = { engine: 'postgis', target: { url }, maxConnections: 4 };
    const database = openPool(poolOptions);
    await migrate(database);
    await database.close();
    project.provide('poolOptions', poolOptions);
    return async () => {};
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'sd-'));
  await copyEmbeddedTemplate(dataDir);
  const engine = await openEmbedded(dataDir);
  const poolOptions: PoolOptions = { engine: 'embedded', target: { socketDir: dataDir }, maxConnections: 4 };
  const database = openPool(poolOptions);
  await migrate(database);
  await database.close();
  project.provide('poolOptions', poolOptions);
  return async () => {
    await engine.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
