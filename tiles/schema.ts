// What base map tiles carry: the one table from which PostGIS (SQL) and the embedded engine (Node) both encode, and
// which the style reads. Attribute names are column names of basemap_features.

/** Name of the vector source in the style. */
export const baseSourceId = 'base';

export const tileExtent = 4096;
/** Units beyond the tile's edge that geometry reaches, so that strokes and outlines do not show the seam. */
export const tileBuffer = 64;
/** Tiles exist up to here; the browser enlarges these for closer views. */
export const maxTileZoom = 16;

export const tileAttributes = [
  'class',
  'name',
  'name_en',
  'name_zh',
  'rank',
  'oneway',
  'bridge',
  'tunnel',
  'height_m',
] as const;
export type TileAttribute = (typeof tileAttributes)[number];

export const layerNames = ['landuse', 'green', 'water', 'boundaries', 'buildings', 'roads', 'places'] as const;
export type LayerName = (typeof layerNames)[number];

interface LayerSchema {
  attributes: readonly TileAttribute[];
  /** Closest detail kept below `fullDetailZoom`, in tile units (8 units are one CSS pixel). */
  simplifyUnits: number;
  fullDetailZoom: number;
}

/** In drawing order of areas; within a layer features are ordered by rank, then id. */
export const tileSchema: Record<LayerName, LayerSchema> = {
  landuse: { attributes: ['class', 'name', 'name_en', 'name_zh'], simplifyUnits: 4, fullDetailZoom: 14 },
  green: { attributes: ['class', 'name', 'name_en', 'name_zh'], simplifyUnits: 4, fullDetailZoom: 14 },
  water: { attributes: ['class', 'name', 'name_en', 'name_zh', 'tunnel'], simplifyUnits: 4, fullDetailZoom: 14 },
  boundaries: { attributes: ['class'], simplifyUnits: 4, fullDetailZoom: 14 },
  buildings: { attributes: ['class', 'name', 'height_m'], simplifyUnits: 2, fullDetailZoom: 14 },
  roads: {
    attributes: ['class', 'name', 'name_en', 'name_zh', 'rank', 'oneway', 'bridge', 'tunnel'],
    simplifyUnits: 4,
    fullDetailZoom: 14,
  },
  places: { attributes: ['class', 'name', 'name_en', 'name_zh', 'rank'], simplifyUnits: 0, fullDetailZoom: 0 },
};

const worldM = 2 * Math.PI * 6_378_137;

/** Width of one tile unit in web mercator metres. */
export const tileUnitM = (zoom: number): number => worldM / 2 ** zoom / tileExtent;

/** How far a simplified line may leave the true one, in web mercator metres; 0 keeps every vertex. */
export const simplifyToleranceM = (layer: LayerName, zoom: number): number => {
  const { simplifyUnits, fullDetailZoom } = tileSchema[layer];
  return zoom >= fullDetailZoom ? 0 : simplifyUnits * tileUnitM(zoom);
};

/** West, south, east, north of a tile in web mercator metres, without its buffer. */
export function tileBoundsM(
  zoom: number,
  x: number,
  y: number,
): [west: number, south: number, east: number, north: number] {
  const sizeM = worldM / 2 ** zoom;
  const west = -worldM / 2 + x * sizeM;
  const north = worldM / 2 - y * sizeM;
  return [west, north - sizeM, west + sizeM, north];
}

export const roadClasses = [
  'motorway',
  'trunk',
  'primary',
  'secondary',
  'tertiary',
  'residential',
  'service',
  'pedestrian',
  'path',
  'rail',
] as const;
export type RoadClass = (typeof roadClasses)[number];

const roadMinZooms: Record<RoadClass, number> = {
  motorway: 5,
  trunk: 6,
  primary: 8,
  secondary: 10,
  tertiary: 11,
  residential: 12,
  service: 14,
  pedestrian: 13,
  path: 14,
  rail: 10,
};

export const placeClasses = [
  'city',
  'town',
  'district',
  'village',
  'suburb',
  'neighbourhood',
  'police',
  'hospital',
  'fire-station',
  'government',
  'school',
  'university',
  'transport',
  'market',
  'park',
  'water',
  'compound',
  'sight',
] as const;
export type PlaceClass = (typeof placeClasses)[number];

const placeMinZooms: Record<PlaceClass, number> = {
  city: 4,
  town: 7,
  district: 9,
  village: 10,
  suburb: 11,
  neighbourhood: 13,
  police: 14,
  hospital: 14,
  'fire-station': 14,
  government: 14,
  school: 15,
  university: 14,
  transport: 14,
  market: 15,
  park: 14,
  water: 13,
  compound: 15,
  sight: 15,
};

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T => list.includes(text as T);

/**
 * The lowest zoom whose tiles carry a feature.
 * @param areaM2 of polygons; 0 for lines and points.
 */
export function minZoomOf(layer: LayerName, featureClass: string, areaM2: number): number {
  switch (layer) {
    case 'roads':
      return isOneOf(roadClasses, featureClass) ? roadMinZooms[featureClass] : 14;
    case 'places':
      return isOneOf(placeClasses, featureClass) ? placeMinZooms[featureClass] : 15;
    case 'boundaries':
      return 8;
    case 'buildings':
      return areaM2 > 300 ? 13 : 14;
    case 'water':
      if (areaM2 === 0) return featureClass === 'river' ? 9 : 13;
      return zoomOfArea(areaM2);
    case 'green':
    case 'landuse':
      return Math.max(9, zoomOfArea(areaM2));
  }
}

/** The zoom at which an area covers about 16 CSS pixels. */
const zoomOfArea = (areaM2: number): number =>
  Math.min(14, Math.max(5, Math.ceil(Math.log2(((worldM / 512) * 4) / Math.sqrt(Math.max(areaM2, 1))))));

/** Which label wins and which road lies on top: lower first. */
export function rankOf(layer: LayerName, featureClass: string): number {
  if (layer === 'roads') return Math.max(0, (roadClasses as readonly string[]).indexOf(featureClass));
  if (layer === 'places') return Math.max(0, (placeClasses as readonly string[]).indexOf(featureClass));
  return 0;
}

/**
 * The id of a feature in tiles: OpenStreetMap's id, its type and whether it was generated, in one whole number, because
 * tiles know no negative ids. Below 2^53 for ids up to 10^15.
 */
export const tileFeatureId = (osmType: OsmType, osmId: number): number =>
  Math.abs(osmId) * 8 + osmTypes.indexOf(osmType) * 2 + (osmId < 0 ? 1 : 0);

export const osmTypes = ['node', 'way', 'relation'] as const;
export type OsmType = (typeof osmTypes)[number];

/** The lowest zoom at which a layer can hold anything. */
export const minTileZoomOf = (layer: LayerName): number =>
  ({ landuse: 9, green: 9, water: 5, boundaries: 8, buildings: 13, roads: 5, places: 4 })[layer];
