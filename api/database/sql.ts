/** A statement with its bound parameters; made by `sql` only, so that no value is ever part of a text. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

class Fragment implements Statement {
  readonly parts: readonly string[];
  readonly bound: readonly unknown[];

  constructor(parts: readonly string[], bound: readonly unknown[]) {
    this.parts = parts;
    this.bound = bound;
  }

  get text(): string {
    return this.parts.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '');
  }

  get values(): readonly unknown[] {
    return this.bound;
  }
}

/**
 * Tagged template for one statement: every `${value}` becomes a bound parameter, a nested `sql` is spliced in.
 * `sql\`SELECT ${1} ${sql\`AS n\`}\`` is `SELECT $1 AS n` with `[1]`.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  const parts: string[] = [strings[0] ?? ''];
  const bound: unknown[] = [];
  values.forEach((value, index) => {
    const after = strings[index + 1] ?? '';
    if (value instanceof Fragment) {
      parts[parts.length - 1] += value.parts[0] ?? '';
      parts.push(...value.parts.slice(1));
      bound.push(...value.bound);
      parts[parts.length - 1] += after;
    } else {
      bound.push(value);
      parts.push(after);
    }
  });
  return new Fragment(parts, bound);
}
