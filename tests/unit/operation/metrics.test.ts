import { expect, test } from 'vitest';
import { Counter, DurationHistogram, writeValue } from '../../../api/operation/metrics.ts';

test('a counter is written with its labels, escaped', () => {
  const counter = new Counter('x_total', 'What it is.');
  counter.add({ route: 'a"b\\c\nd' }, 2);
  counter.add({ route: 'a"b\\c\nd' });
  expect(counter.write()).toBe(
    '# HELP x_total What it is.\n# TYPE x_total counter\nx_total{route="a\\"b\\\\c\\nd"} 3\n',
  );
});

test('a histogram counts upwards: each bucket holds those below it, +Inf all', () => {
  const histogram = new DurationHistogram('d', 'Time.', 'route', [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe('/api/x', seconds);
  expect(histogram.write().split('\n').slice(2, -1)).toEqual([
    'd_bucket{route="/api/x",le="0.1"} 2',
    'd_bucket{route="/api/x",le="1"} 3',
    'd_bucket{route="/api/x",le="+Inf"} 4',
    'd_sum{route="/api/x"} 7.65',
    'd_count{route="/api/x"} 4',
  ]);
});

test('a value that nobody counted is written as it is now', () => {
  expect(writeValue('g', 'Now.', 'gauge', [[{ state: 'idle' }, 3]])).toContain('g{state="idle"} 3\n');
});
