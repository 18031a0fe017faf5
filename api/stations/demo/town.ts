import type { Building } from './build-block.ts';
import type { PlaceName } from './place-names.ts';
import type { Point, Ring } from './plane.ts';
import type { LandmarkKind, Quarter, RoadClass } from './town-plan.ts';

/** What a block is used for. */
export type BlockUse =
  LandmarkKind | 'compound' | 'shops' | 'offices' | 'lanes' | 'cottages' | 'plot' | 'field' | 'wood' | 'hamlet';

export interface TownBlock {
  ring: Ring;
  quarter: Quarter;
  use: BlockUse;
  /** Of compounds, landmarks and hamlets. */
  name?: PlaceName;
}

export interface Street {
  class: RoadClass;
  name: PlaceName | undefined;
  bridge: boolean;
  points: readonly Point[];
}

/** A green, water or paved area that is no block. */
export interface Patch {
  layer: 'green' | 'water' | 'landuse';
  class: string;
  ring: Ring;
  name?: PlaceName;
}

/** The demo town in metres east and north of its middle. */
export interface Town {
  /** Area of responsibility. */
  boundary: Ring;
  /** They tile the boundary: corners on a shared side are corners of both. */
  grids: Ring[];
  blocks: TownBlock[];
  /** Streets and railways; where two meet both have that corner. */
  streets: Street[];
  buildings: Building[];
  patches: Patch[];
  river: Ring;
  /** Middle of the river, for its label. */
  riverMiddle: readonly Point[];
  riverName: PlaceName;
}

export const townAreaM2 = 8_900_000;
export const compoundCount = 56;
