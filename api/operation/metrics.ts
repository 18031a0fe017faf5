// Numbers for Prometheus. Its text format is a few lines to write (prometheus.io/docs/instrumenting/exposition_formats),
// and on the hot path a counter here is one addition. No label ever names a person, a device or a place.

type Labels = Readonly<Record<string, string>>;

/** Counts up; written with all label sets that were ever counted. */
export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: Map<string, number>;

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
    this.#labels = new Map();
  }

  add(labels: Labels = {}, by = 1): void {
    this.addTo(labelText(labels), by);
  }

  /** `add` by what `labelText` gave, for the hot path. */
  addTo(key: string, by = 1): void {
    this.#labels.set(key, (this.#labels.get(key) ?? 0) + by);
  }

  write(): string {
    const lines = [...this.#labels].map(([labels, value]) => `${this.#name}${labels} ${value}`);
    return block(this.#name, this.#help, 'counter', lines.length > 0 ? lines : [`${this.#name} 0`]);
  }
}

/** Counts durations in buckets, by one label. */
export class DurationHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #label: string;
  readonly #boundsS: readonly number[];
  /** For each label value: counts per bucket, the one beyond the last bound, then the sum. */
  readonly #counts = new Map<string, Float64Array>();

  constructor(name: string, help: string, label: string, boundsS: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#label = label;
    this.#boundsS = boundsS;
  }

  observe(labelValue: string, seconds: number): void {
    let counts = this.#counts.get(labelValue);
    if (!counts) this.#counts.set(labelValue, (counts = new Float64Array(this.#boundsS.length + 2)));
    let bucket = 0;
    while (bucket < this.#boundsS.length && seconds > this.#boundsS[bucket]!) bucket++;
    counts[bucket]! += 1;
    counts[this.#boundsS.length + 1]! += seconds;
  }

  write(): string {
    const lines: string[] = [];
    for (const [value, counts] of this.#counts) {
      const label = `${this.#label}="${escaped(value)}"`;
      let sum = 0;
      for (const [index, bound] of [...this.#boundsS, Infinity].entries()) {
        sum += counts[index]!;
        lines.push(`${this.#name}_bucket{${label},le="${bound === Infinity ? '+Inf' : bound}"} ${sum}`);
      }
      lines.push(
        `${this.#name}_sum{${label}} ${counts[this.#boundsS.length + 1]}`,
        `${this.#name}_count{${label}} ${sum}`,
      );
    }
    return block(this.#name, this.#help, 'histogram', lines);
  }
}

/** A value that is read when it is asked for. */
export function writeValue(
  name: string,
  help: string,
  kind: 'gauge' | 'counter',
  values: number | readonly (readonly [Labels, number])[],
): string {
  const rows = typeof values === 'number' ? [[{}, values] as const] : values;
  return block(
    name,
    help,
    kind,
    rows.map(([labels, value]) => `${name}${labelText(labels)} ${value}`),
  );
}

const block = (name: string, help: string, kind: string, lines: readonly string[]): string =>
  [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ''].join('\n');

/** The labels as they are written. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
