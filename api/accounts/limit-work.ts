/** Runs at most so many at a time; the rest wait in a queue that has an end. */
export interface WorkLimit {
  /** Undefined: the queue is full and nothing was done. @param isPreferred goes first, and has places of its own in the queue */
  run<T>(work: () => Promise<T>, isPreferred?: boolean): Promise<{ done: T } | undefined>;
}

export function createWorkLimit({
  concurrency,
  maxWaiting,
  reserved,
}: {
  concurrency: number;
  maxWaiting: number;
  /** Places in the queue beyond `maxWaiting` for the preferred. */
  reserved: number;
}): WorkLimit {
  let running = 0;
  const preferred: (() => void)[] = [];
  const others: (() => void)[] = [];
  return {
    async run(work, isPreferred = false) {
      if (running >= concurrency) {
        if (isPreferred ? preferred.length >= maxWaiting + reserved : others.length >= maxWaiting) return undefined;
        // Whoever ends hands the place on, so `running` stays as it is.
        await new Promise<void>((resolve) => (isPreferred ? preferred : others).push(resolve));
      } else running++;
      try {
        return { done: await work() };
      } finally {
        const next = preferred.shift() ?? others.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
