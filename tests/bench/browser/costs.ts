// What the benchmarks' pages measure, in milliseconds; told from the page to the benchmark.

export interface FrameCost {
  /** What its callbacks took, up to where the last draw call was handed over. */
  scriptMs: number;
  /** Until all was drawn. */
  wholeMs: number;
}

export interface TickCost {
  /** Message, columns and layers. */
  updateMs: number;
  /** Callbacks of the frames up to the one that shows it. */
  drawMs: number;
}

export interface LoadCost {
  count: number;
  /** From the request to the whole picture. */
  pictureMs: number;
  /** From the request until the first dots stood. */
  firstDotsMs: number;
}

export interface StepCost {
  /** Main thread: state, layers, and the frame up to where its last draw call was handed over. */
  mainMs: number;
  /** Until the graphics card, or what stands in for one, is through. */
  wholeMs: number;
}
