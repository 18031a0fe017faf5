/** Where a command tells how far it is. */
export interface Progress {
  /** @param part done of the whole, 0 to 1. */
  update(part: number): void;
  /** Takes the bar away; what the command prints next stands in its place. */
  end(): void;
}

interface Out {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/**
 * A bar on a terminal; elsewhere (a log, a pipe) a plain line at each tenth.
 * @param label what is being done, as a gerund: "reading monaco.osm.pbf".
 */
export function createProgress(label: string, out: Out = process.stderr): Progress {
  let drawn = '';
  let toldTenths = 0;
  if (!out.isTTY) {
    return {
      update(part) {
        const tenths = Math.floor(clamp(part) * 10);
        if (tenths <= toldTenths) return;
        toldTenths = tenths;
        out.write(`${label}: ${tenths * 10} %\n`);
      },
      end() {},
    };
  }
  return {
    update(part) {
      const width = Math.max(8, Math.min(40, (out.columns ?? 80) - label.length - 10));
      const filled = Math.round(clamp(part) * width);
      const line = `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(clamp(part) * 100)).padStart(3)} %`;
      if (line === drawn) return;
      drawn = line;
      out.write(`\r\x1b[2K${line}`);
    },
    end() {
      if (drawn) out.write('\r\x1b[2K');
      drawn = '';
    },
  };
}

const clamp = (part: number): number => (Number.isFinite(part) ? Math.max(0, Math.min(1, part)) : 0);
