import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { actions, nouns, roles } from '../../api/accounts/contract.ts';
import { actionMatrix, matrix } from '../../api/accounts/matrix.ts';

const page = readFileSync('docs/security.md', 'utf8');

/** Rows of the table whose first heading is this, as cells. */
function tableOf(firstHeading: string): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`));
  const rows: string[][] = [];
  for (let i = start; lines[i]?.startsWith('|'); i++)
    rows.push(
      lines[i]!.slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  return rows.filter((_, index) => index !== 1);
}

test('the page tells who sees what as the code decides it', () => {
  expect(tableOf('role')).toEqual([
    ['role', ...nouns],
    ...roles.map((role) => [role, ...nouns.map((noun) => matrix[role][noun])]),
  ]);
});

test('the page tells who may do what as the code decides it', () => {
  expect(tableOf('action')).toEqual([
    ['action', ...roles],
    ...actions.map((action) => [action, ...roles.map((role) => (actionMatrix[role].has(action) ? 'yes' : '–'))]),
  ]);
});

/** Requirements of level 1 and 2 by section, counted from OWASP ASVS 5.0.0. */
const sections: Record<string, number[]> = {
  '1.1': [1, 2],
  '1.2': range(9),
  '1.3': range(11),
  '1.4': range(3),
  '1.5': range(2),
  '2.1': range(3),
  '2.2': range(3),
  '2.3': range(4),
  '2.4': [1],
  '3.2': range(2),
  '3.3': range(4),
  '3.4': range(6),
  '3.5': range(5),
  '3.7': range(2),
  '4.1': range(3),
  '4.2': [1],
  '4.3': range(2),
  '4.4': range(4),
  '5.1': [1],
  '5.2': range(3),
  '5.3': range(2),
  '5.4': range(3),
  '6.1': range(3),
  '6.2': range(12),
  '6.3': range(4),
  '6.4': range(4),
  '6.5': range(5),
  '6.6': range(3),
  '6.8': range(4),
  '7.1': range(3),
  '7.2': range(4),
  '7.3': range(2),
  '7.4': range(5),
  '7.5': range(2),
  '7.6': range(2),
  '8.1': range(2),
  '8.2': range(3),
  '8.3': [1],
  '8.4': [1],
  '9.1': range(3),
  '9.2': range(4),
  '10.1': range(2),
  '10.2': range(2),
  '10.3': range(4),
  '10.4': range(11),
  '10.5': range(5),
  '10.6': range(2),
  '10.7': range(3),
  '11.1': range(2),
  '11.2': range(3),
  '11.3': range(3),
  '11.4': range(4),
  '11.5': [1],
  '11.6': [1],
  '12.1': range(3),
  '12.2': range(2),
  '12.3': range(4),
  '13.1': [1],
  '13.2': range(5),
  '13.3': range(2),
  '13.4': range(5),
  '14.1': range(2),
  '14.2': range(4),
  '14.3': range(3),
  '15.1': range(3),
  '15.2': range(3),
  '15.3': range(7),
  '16.1': [1],
  '16.2': range(5),
  '16.3': range(4),
  '16.4': range(3),
  '16.5': range(3),
  '17.1': [1],
  '17.2': range(4),
  '17.3': range(2),
};

function range(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

const states = ['met', 'not yet', 'not applicable'] as const;
/** `| 1.2.4 | in short | met | how, and the test |` */
const rows = [...page.matchAll(/^\| (\d+\.\d+\.\d+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].map(
  ([, id, text, state, how]) => ({ id: id!, text: text!, state: state!, how: how! }),
);

test('every requirement of levels 1 and 2 has its row, once', () => {
  const ids = Object.entries(sections).flatMap(([section, numbers]) => numbers.map((n) => `${section}.${n}`));
  expect(ids).toHaveLength(253);
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

test('the counts at the head are those of the rows', () => {
  const counts = Object.fromEntries(states.map((state) => [state, rows.filter((row) => row.state === state).length]));
  expect(page).toContain(
    `Of 253 requirements ${counts['met']} are met, ${counts['not yet']} not yet, and ${counts['not applicable']} do not apply.`,
  );
  expect(Object.values(counts).reduce((a, b) => a + b)).toBe(253);
});

test('what is said to be met names a test that exists, a file of the repository, or why none can show it', () => {
  for (const { id, state, how } of rows) {
    const files = [
      ...how.matchAll(/`((?:tests|api|src|db|docs|scripts|\.ci)\/[^`]+|package-lock\.json|README\.md)`/g),
    ].map(([, path]) => path!);
    for (const path of files) expect([id, path, existsSync(path)]).toEqual([id, path, true]);
    if (state === 'met') expect([id, files.length > 0 || how.includes('by design')]).toEqual([id, true]);
  }
});
