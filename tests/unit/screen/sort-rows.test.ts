import { expect, test } from 'vitest';
import { sortRows, type Column } from '../../../src/lib/ui/sort-rows.ts';

interface Row {
  name: string;
  age: number | undefined;
}
const columns: Column<Row>[] = [
  { id: 'name', label: 'Name', text: ({ name }) => name },
  { id: 'age', label: 'Age', numeric: true, text: ({ age }) => String(age ?? '—'), value: ({ age }) => age },
];
const rows: Row[] = [
  { name: '巡警-10', age: 9 },
  { name: '巡警-2', age: undefined },
  { name: '平安-01', age: 100 },
];
const names = (sorted: readonly Row[]) => sorted.map(({ name }) => name);

test('numbers sort by size, not as text', () => {
  expect(names(sortRows(rows, columns, { column: 'age', descending: false }, 'zh-CN'))).toEqual([
    '巡警-10',
    '平安-01',
    '巡警-2',
  ]);
});

test('what is unknown comes last in both directions', () => {
  expect(names(sortRows(rows, columns, { column: 'age', descending: true }, 'zh-CN'))).toEqual([
    '平安-01',
    '巡警-10',
    '巡警-2',
  ]);
});

test('call signs sort in Chinese order with their numbers read as numbers', () => {
  expect(names(sortRows(rows, columns, { column: 'name', descending: false }, 'zh-CN'))).toEqual([
    '平安-01',
    '巡警-2',
    '巡警-10',
  ]);
});

test('without a sort, or by a column that is gone, rows stay as they came', () => {
  expect(sortRows(rows, columns, undefined, 'zh-CN')).toBe(rows);
  expect(sortRows(rows, columns, { column: 'gone', descending: false }, 'zh-CN')).toBe(rows);
});
