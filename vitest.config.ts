import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

const alias = {
  $api: fileURLToPath(new URL('./api', import.meta.url)),
  $lib: fileURLToPath(new URL('./src/lib', import.meta.url)),
};

export default defineConfig({
  test: {
    reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
    outputFile: { json: process.env['VITEST_JSON'] ?? '.cache/vitest.json' },
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node', sequence: { groupOrder: 0 } },
      },
      {
        resolve: { alias },
        test: {
          name: 'database',
          include: ['tests/api/**/*.test.ts', 'tests/database/**/*.test.ts'],
          environment: 'node',
          // One engine is shared by the run (tests keep apart by station), so few files at a time.
          globalSetup: ['tests/database/engine.ts'],
          maxWorkers: 2,
          // Vitest wants projects with other worker counts to run one after the other.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
