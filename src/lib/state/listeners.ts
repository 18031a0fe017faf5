/** Who wants to be told of each change at once, outside the screen: the address, the live connection. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** @returns the end of listening. */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
