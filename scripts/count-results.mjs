import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Adds up what the runners wrote into a directory: Vitest's JSON (`numPassedTests` …) and Playwright's (`stats`). */
export function countResults(directory) {
  const total = { passed: 0, failed: 0, skipped: 0, secondTry: 0 };
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.json'))) {
    const report = JSON.parse(readFileSync(join(directory, name), 'utf8'));
    if (report.stats) {
      total.passed += report.stats.expected + report.stats.flaky;
      total.failed += report.stats.unexpected + (report.errors?.length ?? 0);
      total.skipped += report.stats.skipped;
      total.secondTry += report.stats.flaky;
    } else {
      total.passed += report.numPassedTests;
      // A run that broke without failing a test (a file that does not load, an unhandled error) is one failure.
      total.failed += report.numFailedTests || (report.success ? 0 : Math.max(1, report.numFailedTestSuites));
      total.skipped += report.numPendingTests;
    }
  }
  return total;
}
