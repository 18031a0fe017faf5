import type { Device } from '@luma.gl/core';
import { expect, test } from 'vitest';
import { LocalHours } from '../../../../src/lib/geo/local-hours.ts';
import { IncidentRows } from '../../../../src/lib/layers/incident-rows.ts';
import { IncidentColumns, rowIntegers } from '../../../../src/lib/state/incident-columns.ts';

/** Keeps what is written into buffers, and how much. */
class Card {
  held = new Int32Array(0);
  made = 0;
  writtenBytes = 0;
  readonly device = {
    createBuffer: ({ byteLength }: { byteLength: number }) => {
      this.held = new Int32Array(byteLength / 4).fill(-1);
      this.made++;
      return {
        write: (part: Int32Array, byteOffset: number) => {
          this.held.set(part, byteOffset / 4);
          this.writtenBytes += part.byteLength;
        },
        destroy() {},
      };
    },
  } as unknown as Device;
}

const batchOf = (numbers: readonly number[], lng = 11_793_000) => ({
  numbers: Uint32Array.from(numbers),
  lngs: Int32Array.from(numbers, (number) => lng + number),
  lats: Int32Array.from(numbers, () => 2_963_000),
  minutes: Int32Array.from(numbers, () => 3_000_000),
  categories: new Uint8Array(numbers.length),
  sources: new Uint8Array(numbers.length),
  names: ['theft'],
});

function open() {
  const card = new Card();
  const rows = new IncidentRows(card.device);
  const columns = new IncidentColumns(new LocalHours('Asia/Shanghai'));
  /** @returns the bytes that this sync wrote */
  const sync = (): number => {
    const before = card.writtenBytes;
    rows.sync(columns);
    const { count } = columns;
    expect([...card.held.subarray(0, rowIntegers * count)]).toEqual([...columns.rows.subarray(0, rowIntegers * count)]);
    return card.writtenBytes - before;
  };
  columns.append(batchOf([1, 2, 3, 5, 8]));
  expect(sync()).toBe(5 * 16);
  return { card, columns, sync };
}

test('a corrected incident costs its own sixteen bytes, whatever stands around it', () => {
  const { card, columns, sync } = open();
  columns.merge(batchOf([3], 11_800_000));
  expect(sync()).toBe(16);
  columns.merge(batchOf([1, 8], 11_900_000));
  expect(sync()).toBe(32);
  expect(sync()).toBe(0);
  expect(card.made).toBe(1);
});

test('behind a withdrawn one all move up, and new ones follow', () => {
  const { columns, sync } = open();
  columns.remove([3]);
  expect(sync()).toBe(2 * 16);
  columns.append(batchOf([9, 10]));
  expect(sync()).toBe(2 * 16);
});

test('corrected, withdrawn, come back and new between two frames: the card holds what the columns hold', () => {
  const { columns, sync } = open();
  columns.merge(batchOf([8], 11_800_000));
  columns.remove([8, 2]);
  columns.merge(batchOf([1, 4], 11_900_000));
  columns.append(batchOf([11, 12]));
  columns.merge(batchOf([11], 11_700_000));
  sync();
  columns.remove([1, 3, 4, 5, 11, 12]);
  expect(columns.count).toBe(0);
  sync();
  columns.append(batchOf([13]));
  sync();
});
