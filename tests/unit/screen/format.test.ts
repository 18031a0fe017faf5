import { expect, test } from 'vitest';
import {
  formatAge,
  formatClock,
  formatDegrees,
  formatLength,
  formatLngLat,
  formatMoment,
  formatSpeed,
} from '../../../src/lib/i18n/format.ts';

test('an age is told in its largest useful unit', () => {
  expect(formatAge('zh-CN', 99)).toBe('99秒');
  expect(formatAge('zh-CN', 100)).toBe('1分钟');
  expect(formatAge('zh-CN', 6000)).toBe('1小时');
  expect(formatAge('zh-CN', 172_800)).toBe('2天');
  expect(formatAge('en-GB', 150)).toMatch(/^2 min/);
  expect(formatAge('zh-CN', 5.9)).toBe('5秒');
  expect(formatAge('zh-CN', 150)).toBe('2分钟');
});

test('times are the station’s own, whatever the browser’s zone, and name the day when it is another', () => {
  const atMs = Date.parse('2026-11-21T16:30:05Z');
  expect(formatMoment('zh-CN', 'Asia/Shanghai', atMs, Date.parse('2026-11-22T03:00:00Z'))).toBe('00:30:05');
  expect(formatMoment('zh-CN', 'Asia/Shanghai', atMs, Date.parse('2026-11-22T17:00:00Z'))).toBe('2026/11/22 00:30:05');
  expect(formatClock('zh-CN', 'Europe/Monaco', atMs).time).toBe('17:30:05');
});

test('speeds are km/h, with a decimal on foot', () => {
  expect(formatSpeed('zh-CN', 1.25)).toContain('4.5');
  expect(formatSpeed('zh-CN', 12)).toContain('43');
});

test('a heading just short of north is north', () => {
  expect(formatDegrees('zh-CN', 359.7)).toContain('0');
  expect(formatDegrees('zh-CN', 359.7)).not.toContain('360');
});

test('lengths change to kilometres at one', () => {
  expect(formatLength('zh-CN', 999)).toContain('999');
  expect(formatLength('zh-CN', 1500)).toContain('1.5');
});

test('coordinates are latitude first, to a metre', () => {
  expect(formatLngLat([117.911391, 29.6172346])).toBe('29.61723, 117.91139');
});
