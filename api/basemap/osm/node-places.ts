import type { LngLat } from '../../positions/contract.ts';

/** Coordinates of nodes by id, 16 bytes each: a 50 MB extract has some six million. */
export class NodePlaces {
  #ids = new Float64Array(1 << 16);
  #lngE7 = new Int32Array(1 << 16);
  #latE7 = new Int32Array(1 << 16);
  #length = 0;
  #isSorted = true;

  get size(): number {
    return this.#length;
  }

  add(id: number, lngE7: number, latE7: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    if (this.#length > 0 && id <= this.#ids[this.#length - 1]!) this.#isSorted = false;
    this.#ids[this.#length] = id;
    this.#lngE7[this.#length] = lngE7;
    this.#latE7[this.#length] = latE7;
    this.#length++;
  }

  /** Longitude and latitude of a node; undefined when the file does not hold it. */
  find(id: number): LngLat | undefined {
    if (!this.#isSorted) this.#sort();
    let low = 0;
    let high = this.#length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.#ids[middle]!;
      if (at === id) return [this.#lngE7[middle]! / 1e7, this.#latE7[middle]! / 1e7];
      if (at < id) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  #grow(): void {
    const length = this.#ids.length * 2;
    const grown = <A extends Float64Array | Int32Array>(array: A, into: A): A => {
      into.set(array);
      return into;
    };
    this.#ids = grown(this.#ids, new Float64Array(length));
    this.#lngE7 = grown(this.#lngE7, new Int32Array(length));
    this.#latE7 = grown(this.#latE7, new Int32Array(length));
  }

  /** Files are sorted by id nearly always; one that is not costs this once. */
  #sort(): void {
    const order = Uint32Array.from({ length: this.#length }, (_, index) => index);
    order.sort((a, b) => this.#ids[a]! - this.#ids[b]!);
    const { length } = this.#ids;
    const [ids, lngs, lats] = [new Float64Array(length), new Int32Array(length), new Int32Array(length)];
    order.forEach((from, to) => {
      ids[to] = this.#ids[from]!;
      lngs[to] = this.#lngE7[from]!;
      lats[to] = this.#latE7[from]!;
    });
    [this.#ids, this.#lngE7, this.#latE7, this.#isSorted] = [ids, lngs, lats, true];
  }
}
