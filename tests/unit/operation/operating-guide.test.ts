// docs/operating.md is what an operator has at night: what it names must be there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quarantineReasons } from '../../../api/positions/contract.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/operating.md'), 'utf8');
const code = readdirSync(join(root, 'api'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, 'api', path), 'utf8'))
  .join('\n');

const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? '')),
];

test('every variable that the server reads is in the table of settings', () => {
  const read = matches(
    code,
    /(?:variables\[|process\.env\[|integer\(variables, |readSecret\(variables, )'([A-Z][A-Z_]+)'/g,
  );
  expect(read.length).toBeGreaterThan(10);
  expect(read.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test('every command that it tells to run exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const told = matches(guide, /npm run ([a-z:-]+)/g);
  expect(told).toEqual(expect.arrayContaining(['backup', 'restore', 'certificate', 'audit', 'setup-link']));
  expect(told.filter((name) => !(name in scripts))).toEqual([]);
});

test('every event that is logged is explained, and every one that is explained is logged', () => {
  const events = matches(code, /log\.(?:info|warn|error)\(\s*'([a-z.-]+)'/g);
  expect(events.length).toBeGreaterThan(8);
  expect([...events, 'request.refused', 'request.failed'].filter((event) => !guide.includes(`\`${event}\``))).toEqual(
    [],
  );
  const explained = matches(
    guide.slice(guide.indexOf('| event |'), guide.indexOf('`fail2ban`')),
    /`([a-z]+\.[a-z-]+)`/g,
  );
  expect(explained.filter((event) => !code.includes(`'${event}'`))).toEqual([]);
});

test('every metric of the server is in the table of alerts', () => {
  const written = matches(code, /'((?:shaodian|process)_[a-z_]+)'/g).filter((name) =>
    /_(total|seconds|bytes|info|viewers|units|stations|fixes|connections|waiting|active)$/.test(name),
  );
  expect(written.length).toBeGreaterThan(15);
  const short = (name: string) => name.replace(/^shaodian_live/, '');
  expect(written.filter((name) => !guide.includes(name) && !guide.includes(`\`${short(name)}\``))).toEqual([]);
});

test('the reason of a wrong clock is called as the server calls it', () => {
  expect(quarantineReasons).toContain('inFuture');
  expect(guide).toContain('`inFuture`');
});
