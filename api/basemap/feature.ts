import type { LineString, MultiLineString, MultiPolygon, Point, Polygon } from 'geojson';
import type { LayerName, OsmType } from '../../tiles/schema.ts';
import type { LngLat } from '../positions/contract.ts';

/** One feature of the base map, from an OpenStreetMap file or a generator. Geometry in WGS 84 degrees. */
export interface BasemapFeature {
  layer: LayerName;
  osmType: OsmType;
  /** OpenStreetMap's id within its type; negative where generated. */
  osmId: number;
  class: string;
  name?: string | undefined;
  nameEn?: string | undefined;
  nameZh?: string | undefined;
  /** Roads: 1 along the line, -1 against it, 0 both ways. */
  oneway?: -1 | 0 | 1;
  bridge?: boolean;
  tunnel?: boolean;
  heightM?: number | undefined;
  geometry: Point | LineString | MultiLineString | Polygon | MultiPolygon;
}

/** A way of the street network before it is split at its junctions. `nodeIds` and `lngLats` go together, one each. */
export interface StreetWay {
  wayId: number;
  nodeIds: readonly number[];
  lngLats: readonly LngLat[];
  class: string;
  name?: string | undefined;
  oneway: -1 | 0 | 1;
}

/** What is known of an extract before its content is read. */
export interface ExtractDescription {
  /** What it is of; a later import of the same name replaces it. */
  name: string;
  source: 'osm' | 'demo';
  attribution: string;
  /** Of the content (32 bytes): the same again changes nothing. */
  sha256: Uint8Array;
  /** How new the content is; null when the file does not say. */
  observedAt: Date | null;
}
