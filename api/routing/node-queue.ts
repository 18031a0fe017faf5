/** Nodes by the seconds at which they are reached, soonest first: a binary heap in two flat arrays. */
export class NodeQueue {
  #nodes: Uint32Array;
  #seconds: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#nodes = new Uint32Array(capacity);
    this.#seconds = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  push(node: number, seconds: number): void {
    if (this.#size === this.#nodes.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#seconds[above]! <= seconds) break;
      this.#move(above, at);
      at = above;
    }
    this.#nodes[at] = node;
    this.#seconds[at] = seconds;
  }

  /** The soonest; call it only while there is one. */
  pop(): { node: number; seconds: number } {
    const first = { node: this.#nodes[0]!, seconds: this.#seconds[0]! };
    const last = --this.#size;
    const node = this.#nodes[last]!;
    const seconds = this.#seconds[last]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= last) break;
      if (below + 1 < last && this.#seconds[below + 1]! < this.#seconds[below]!) below++;
      if (this.#seconds[below]! >= seconds) break;
      this.#move(below, at);
      at = below;
    }
    this.#nodes[at] = node;
    this.#seconds[at] = seconds;
    return first;
  }

  #move(from: number, to: number): void {
    this.#nodes[to] = this.#nodes[from]!;
    this.#seconds[to] = this.#seconds[from]!;
  }

  #grow(): void {
    const nodes = new Uint32Array(Math.max(64, 2 * this.#nodes.length));
    const seconds = new Float64Array(nodes.length);
    nodes.set(this.#nodes);
    seconds.set(this.#seconds);
    this.#nodes = nodes;
    this.#seconds = seconds;
  }
}
