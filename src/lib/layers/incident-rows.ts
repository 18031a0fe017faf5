import type { Buffer, Device } from '@luma.gl/core';
import { rowIntegers, type IncidentColumns } from '$lib/state/incident-columns.ts';

/** The rows of incidents on the graphics card: those that come are written behind those there are, changed ones over. */
export class IncidentRows {
  readonly #device: Device;
  #buffer: Buffer | undefined;
  #columns: IncidentColumns | undefined;
  #capacity = 0;
  #written = 0;
  #patched = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** @returns the buffer with all rows of `columns`; undefined: there are none. */
  sync(columns: IncidentColumns): Buffer | undefined {
    const { rows, count, patched } = columns;
    if (columns !== this.#columns || count > this.#capacity) {
      this.#buffer?.destroy();
      this.#capacity = rows.length / rowIntegers;
      this.#buffer = count > 0 ? this.#device.createBuffer({ byteLength: rows.byteLength }) : undefined;
      this.#columns = columns;
      this.#written = 0;
      this.#patched = patched.length;
      if (count === 0) this.#capacity = 0;
    }
    for (; this.#patched < patched.length; this.#patched++) {
      const { from, to } = patched[this.#patched]!;
      if (to > count) this.#written = Math.min(this.#written, from);
      else if (to <= this.#written) this.#write(rows, from, to);
    }
    if (count > this.#written) this.#write(rows, this.#written, count);
    this.#written = count;
    return this.#buffer;
  }

  #write(rows: Int32Array, from: number, to: number): void {
    this.#buffer?.write(rows.subarray(rowIntegers * from, rowIntegers * to), 4 * rowIntegers * from);
  }

  destroy(): void {
    this.#buffer?.destroy();
    this.#buffer = undefined;
    this.#columns = undefined;
  }
}

const shared = new WeakMap<Device, { rows: IncidentRows; users: number }>();

/** The points and the heatmap draw from one buffer. */
export function lendIncidentRows(device: Device): IncidentRows {
  const entry = shared.get(device) ?? { rows: new IncidentRows(device), users: 0 };
  entry.users++;
  shared.set(device, entry);
  return entry.rows;
}

export function returnIncidentRows(device: Device): void {
  const entry = shared.get(device);
  if (!entry || --entry.users > 0) return;
  entry.rows.destroy();
  shared.delete(device);
}
