/** Numbers below this are looked up in an array, of at most 4 MB: a map takes ten times as long. */
const nearNumbers = 1 << 20;

/** At which slot of its columns each unit number stands; numbers are station-local and so mostly small. */
export class SlotIndex {
  #near = new Int32Array(1024).fill(-1);
  readonly #far = new Map<number, number>();

  /** -1: nowhere. */
  slotOf(number: number): number {
    return number < this.#near.length ? this.#near[number]! : (this.#far.get(number) ?? -1);
  }

  set(number: number, slot: number): void {
    if (number >= nearNumbers) {
      this.#far.set(number, slot);
      return;
    }
    if (number >= this.#near.length) this.#growTo(number);
    this.#near[number] = slot;
  }

  delete(number: number): void {
    if (number < this.#near.length) this.#near[number] = -1;
    else this.#far.delete(number);
  }

  clear(): void {
    this.#near.fill(-1);
    this.#far.clear();
  }

  #growTo(number: number): void {
    let length = this.#near.length;
    while (length <= number) length *= 2;
    const grown = new Int32Array(length).fill(-1);
    grown.set(this.#near);
    this.#near = grown;
  }
}
