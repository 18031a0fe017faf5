import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** The first lines of what a test threw: enough to know it again where only the end of a log was kept. */
const firstLines = (text = '') =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim())
    .slice(0, 6)
    .map((line) => `      ${line.trim().slice(0, 200)}`);

/** Playwright's suites, flattened: each test with its outcome (`unexpected`, `flaky`, …) and its first error. */
const browserTests = ({ suites = [], specs = [] }, path = []) => [
  ...specs.flatMap(({ title, file, tests }) =>
    tests.map(({ status, results }) => ({
      status,
      name: [file, ...path.slice(1), title].join(' › '),
      message: results.find(({ error }) => error)?.error.message,
    })),
  ),
  ...suites.flatMap((suite) => browserTests(suite, [...path, suite.title])),
];

function readReport(report) {
  if (report.stats) {
    const { expected, flaky, unexpected, skipped } = report.stats;
    const tests = browserTests(report);
    const say = ({ name, message }) => [name, ...firstLines(message)];
    const broken = report.errors ?? [];
    return {
      passed: expected + flaky,
      failed: unexpected + broken.length,
      skipped,
      failures: [
        ...tests.filter(({ status }) => status === 'unexpected').flatMap(say),
        ...broken.flatMap(({ message }) => ['outside the tests', ...firstLines(message)]),
      ],
      flaky: tests.filter(({ status }) => status === 'flaky').flatMap(say),
    };
  }
  const failures = report.testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const name = relative(process.cwd(), file);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [name, ...firstLines(message)];
    return failed.flatMap(({ fullName, failureMessages }) => [
      `${name} › ${fullName}`,
      ...firstLines(failureMessages?.[0]),
    ]);
  });
  return {
    passed: report.numPassedTests,
    // A run that broke without failing a test (a file that does not load, an unhandled error) is one failure.
    failed: report.numFailedTests || (report.success ? 0 : Math.max(1, report.numFailedTestSuites)),
    skipped: report.numPendingTests,
    failures,
    flaky: [],
  };
}

/**
 * Adds up what the runners wrote into a directory, Vitest's JSON (`numPassedTests` …) and Playwright's (`stats`), and
 * prints each failure by name and the counts last: the end of a log tells what went wrong.
 *
 * @param {string} directory
 * @param {number} [otherFailures] Steps that failed without a test that did.
 * @returns {boolean} All passed, and there were some.
 */
export function sayResults(directory, otherFailures = 0) {
  const reports = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readReport(JSON.parse(readFileSync(join(directory, file), 'utf8'))));
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
  const say = (heading, lines) => {
    if (lines.length) process.stdout.write(`\n${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  };
  say(
    'Failed:',
    reports.flatMap(({ failures }) => failures),
  );
  say(
    'Passed only on their second try:',
    reports.flatMap(({ flaky }) => flaky),
  );
  const failed = sum('failed') || otherFailures;
  const skipped = sum('skipped');
  process.stdout.write(`\n${sum('passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
  return failed === 0 && sum('passed') > 0;
}
