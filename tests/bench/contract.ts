/** What a benchmark is run with. Each file of this folder exports `run(context): Promise<BenchRow[]>`. */
export interface BenchContext {
  /** A throw-away PostGIS, migrated; without it only what needs none, or the embedded engine, is measured. */
  postgisUrl?: string;
  /** Data directory of a running embedded engine, migrated. */
  embeddedDataDir?: string;
  /** Short runs that show the order of magnitude only. */
  quick: boolean;
  /** Seed of every generated input, so that two runs measure the same bytes. */
  seed: number;
}

/** One measured number, with what it was measured against in the same run. */
export interface BenchRow {
  /** R1 … R10 of the speed aims. */
  id: string;
  what: string;
  value: number;
  unit: string;
  /** What `ratio` compares with. */
  peer?: string;
  /** value ÷ peer's value, or the other way round where smaller is better; larger is always better. */
  ratio?: number;
  /** The aim in words, such as "≥ 0.3". */
  aim?: string;
  met?: boolean;
}

export type Bench = (context: BenchContext) => Promise<BenchRow[]>;
