import type { RegistryDevice } from '../units/registry.ts';

/** Which device of the credential a name means; undefined: none it may report for. */
export type FindDevice = (name: string) => RegistryDevice | undefined;

interface Entry {
  bytes: Uint8Array;
  device: RegistryDevice;
  /** Another name of the same hash. */
  next: Entry | undefined;
}

/**
 * Devices by the UTF-8 bytes of their names, so that the hot path makes no string of a name. Filled as names are met, by
 * known devices only: it never holds more than the registry does.
 */
export class DeviceNames {
  readonly find: FindDevice;
  #entries = new Map<number, Entry>();

  constructor(find: FindDevice) {
    this.find = find;
  }

  /** @param hash `hash * 31 + byte` over the name, as a 32-bit integer */
  findBytes(bytes: Buffer, from: number, to: number, hash: number): RegistryDevice | undefined {
    for (let entry = this.#entries.get(hash); entry; entry = entry.next)
      if (isSame(entry.bytes, bytes, from, to)) return entry.device;
    const device = this.find(bytes.toString('utf8', from, to));
    if (device)
      this.#entries.set(hash, {
        bytes: Uint8Array.from(bytes.subarray(from, to)),
        device,
        next: this.#entries.get(hash),
      });
    return device;
  }
}

function isSame(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const { length } = name;
  if (length !== to - from) return false;
  for (let index = 0; index < length; index++) if (name[index] !== bytes[from + index]) return false;
  return true;
}
