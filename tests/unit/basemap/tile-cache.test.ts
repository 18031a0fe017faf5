import { expect, test } from 'vitest';
import { TileCache, type Tile } from '../../../api/basemap/tile-cache.ts';

const tile = (bytes: number): Tile => ({
  tag: `${bytes}`,
  body: new Uint8Array(bytes),
  gzip: async () => new Uint8Array(),
  gzipped: undefined,
});

test('a kept tile is found under its revision only', () => {
  const cache = new TileCache(10_000);
  const kept = tile(100);
  cache.keep('1/0/0', 5, kept);
  expect(cache.find('1/0/0', 5)).toBe(kept);
  expect(cache.find('1/0/0', 6)).toBeUndefined();
  expect(cache.find('1/1/0', 5)).toBeUndefined();
});

test('what was asked for longest ago leaves first', () => {
  const cache = new TileCache(3000);
  for (const key of ['a', 'b', 'c']) cache.keep(key, 1, tile(350));
  cache.find('a', 1);
  cache.keep('d', 1, tile(350));
  expect(['a', 'b', 'c', 'd'].map((key) => cache.find(key, 1) !== undefined)).toEqual([true, false, true, true]);
});

test('it never holds more than its bytes, whatever is put in', () => {
  const cache = new TileCache(5000);
  for (let i = 0; i < 100; i++) {
    cache.keep(`${i % 17}`, 1, tile((i * 37) % 900));
    expect(cache.bytes).toBeLessThanOrEqual(5000);
  }
  cache.keep('huge', 1, tile(9000));
  expect(cache.bytes).toBe(0);
});

test('a new revision empties it, and a late tile of the old one is not kept', () => {
  const cache = new TileCache(10_000);
  cache.keep('a', 1, tile(100));
  cache.keep('b', 2, tile(100));
  cache.keep('c', 1, tile(100));
  expect([cache.find('a', 2), cache.find('c', 1), cache.find('c', 2)]).toEqual([undefined, undefined, undefined]);
  expect(cache.find('b', 2)).toBeDefined();
});
