// From OpenStreetMap's tags to our classes. https://wiki.openstreetmap.org/wiki/Map_features
import type { PlaceClass, RoadClass } from '../../../tiles/schema.ts';
import type { Tags } from './decode-block.ts';

const roadClassByHighway: Record<string, RoadClass> = {
  motorway: 'motorway',
  motorway_link: 'motorway',
  trunk: 'trunk',
  trunk_link: 'trunk',
  primary: 'primary',
  primary_link: 'primary',
  secondary: 'secondary',
  secondary_link: 'secondary',
  tertiary: 'tertiary',
  tertiary_link: 'tertiary',
  residential: 'residential',
  unclassified: 'residential',
  living_street: 'residential',
  road: 'residential',
  service: 'service',
  pedestrian: 'pedestrian',
  footway: 'path',
  path: 'path',
  steps: 'path',
  cycleway: 'path',
  track: 'path',
  bridleway: 'path',
};
const rails = new Set(['rail', 'light_rail', 'tram', 'narrow_gauge', 'monorail', 'subway', 'funicular']);

/** Class of a way drawn as a road; undefined when it is none (or only planned). */
export function roadClassOf(tags: Tags): RoadClass | undefined {
  const highway = tags['highway'];
  if (highway !== undefined)
    return Object.hasOwn(roadClassByHighway, highway) ? roadClassByHighway[highway] : undefined;
  return rails.has(tags['railway'] ?? '') ? 'rail' : undefined;
}

/** Whether people can go along it; rails and ways shut to all are no streets. */
export const isStreet = (roadClass: RoadClass, tags: Tags): boolean =>
  roadClass !== 'rail' && tags['access'] !== 'no' && tags['area'] !== 'yes';

export function onewayOf(tags: Tags): -1 | 0 | 1 {
  const { oneway, junction, highway } = tags;
  if (oneway === 'yes' || oneway === 'true' || oneway === '1') return 1;
  if (oneway === '-1' || oneway === 'reverse') return -1;
  // Implied by the tag unless it says otherwise.
  return oneway === undefined && (junction === 'roundabout' || junction === 'circular' || highway === 'motorway')
    ? 1
    : 0;
}

export const isSet = (value: string | undefined): boolean => value !== undefined && value !== 'no';

/** Metres from `height` ("12", "12 m", "40 ft") or storeys of 3 m; undefined when neither says. */
export function heightOf(tags: Tags): number | undefined {
  const height = /^\s*(\d+(?:[.,]\d+)?)\s*(m|ft|')?\s*$/.exec(tags['height'] ?? '');
  if (height) {
    const heightM = Number(height[1]!.replace(',', '.')) * (height[2] && height[2] !== 'm' ? 0.3048 : 1);
    return heightM > 0 && heightM < 1000 ? heightM : undefined;
  }
  const levels = Number.parseFloat(tags['building:levels'] ?? '');
  return levels > 0 && levels < 300 ? levels * 3 : undefined;
}

export interface AreaClass {
  layer: 'landuse' | 'green' | 'water' | 'buildings';
  class: string;
}

type Rules = Record<string, Record<string, AreaClass>>;
const area = (layer: AreaClass['layer'], name: string): AreaClass => ({ layer, class: name });
const park = area('green', 'park');
const wood = area('green', 'wood');
const grass = area('green', 'grass');
const lake = area('water', 'lake');
const commercial = area('landuse', 'commercial');

const areaRules: Rules = {
  leisure: {
    park,
    garden: park,
    playground: park,
    dog_park: park,
    nature_reserve: wood,
    common: grass,
    golf_course: grass,
    pitch: area('green', 'pitch'),
    stadium: area('green', 'pitch'),
    track: area('green', 'pitch'),
    swimming_pool: area('water', 'pool'),
    marina: area('landuse', 'harbour'),
  },
  landuse: {
    forest: wood,
    grass,
    meadow: grass,
    village_green: grass,
    recreation_ground: park,
    cemetery: area('green', 'cemetery'),
    orchard: area('green', 'farm'),
    vineyard: area('green', 'farm'),
    farmland: area('green', 'farm'),
    allotments: area('green', 'farm'),
    reservoir: lake,
    basin: lake,
    residential: area('landuse', 'residential'),
    commercial,
    retail: commercial,
    industrial: area('landuse', 'industrial'),
    railway: area('landuse', 'industrial'),
    construction: area('landuse', 'construction'),
  },
  natural: {
    water: lake,
    wood,
    scrub: wood,
    heath: grass,
    grassland: grass,
    wetland: grass,
    beach: area('landuse', 'beach'),
    sand: area('landuse', 'beach'),
    bare_rock: area('landuse', 'rock'),
    scree: area('landuse', 'rock'),
  },
  waterway: { riverbank: area('water', 'river'), dock: lake },
  amenity: {
    school: area('landuse', 'school'),
    kindergarten: area('landuse', 'school'),
    university: area('landuse', 'school'),
    college: area('landuse', 'school'),
    hospital: area('landuse', 'hospital'),
    parking: area('landuse', 'parking'),
    grave_yard: area('green', 'cemetery'),
  },
  man_made: { pier: area('landuse', 'pier'), breakwater: area('landuse', 'pier') },
  highway: { pedestrian: area('landuse', 'pedestrian'), footway: area('landuse', 'pedestrian') },
  place: { square: area('landuse', 'pedestrian') },
};

/** What a closed way or multipolygon is on the map, one entry per layer; a building also when it is a school. */
export function areaClassesOf(tags: Tags): AreaClass[] {
  const found: AreaClass[] = [];
  if (isSet(tags['building']) || isSet(tags['building:part'])) found.push(area('buildings', buildingClass(tags)));
  for (const [key, byValue] of Object.entries(areaRules)) {
    const value = tags[key];
    if (value === undefined || !Object.hasOwn(byValue, value)) continue;
    // A closed footway is a loop unless it says that it is a square.
    if (key === 'highway' && tags['area'] !== 'yes') continue;
    const rule = byValue[value]!;
    if (!found.some((other) => other.layer === rule.layer || other.layer === 'buildings')) found.push(rule);
  }
  return found;
}

const buildingClass = (tags: Tags): string => {
  const value = tags['building'] ?? '';
  if (['apartments', 'residential', 'house', 'terrace', 'detached', 'dormitory'].includes(value)) return 'residential';
  if (['commercial', 'retail', 'office', 'hotel', 'industrial', 'warehouse'].includes(value)) return 'commercial';
  if (
    ['school', 'hospital', 'university', 'public', 'government', 'train_station', 'church', 'cathedral'].includes(value)
  )
    return 'public';
  return 'building';
};

const waterLines: Record<string, string> = {
  river: 'river',
  canal: 'canal',
  stream: 'stream',
  drain: 'stream',
  ditch: 'stream',
};

export const waterLineClassOf = (tags: Tags): string | undefined =>
  Object.hasOwn(waterLines, tags['waterway'] ?? '') ? waterLines[tags['waterway'] ?? ''] : undefined;

const placeRules: Record<string, Record<string, PlaceClass>> = {
  place: {
    city: 'city',
    town: 'town',
    municipality: 'town',
    village: 'village',
    hamlet: 'village',
    borough: 'district',
    city_district: 'district',
    district: 'district',
    suburb: 'suburb',
    quarter: 'suburb',
    neighbourhood: 'neighbourhood',
    square: 'sight',
  },
  amenity: {
    police: 'police',
    hospital: 'hospital',
    clinic: 'hospital',
    fire_station: 'fire-station',
    townhall: 'government',
    courthouse: 'government',
    embassy: 'government',
    school: 'school',
    kindergarten: 'school',
    university: 'university',
    college: 'university',
    bus_station: 'transport',
    ferry_terminal: 'transport',
    marketplace: 'market',
    theatre: 'sight',
    place_of_worship: 'sight',
    library: 'sight',
    arts_centre: 'sight',
    casino: 'sight',
  },
  railway: { station: 'transport', halt: 'transport' },
  shop: { mall: 'market', department_store: 'market', supermarket: 'market' },
  leisure: { park: 'park', garden: 'park', stadium: 'sight', nature_reserve: 'park', marina: 'sight' },
  natural: { water: 'water', beach: 'sight' },
  tourism: { museum: 'sight', attraction: 'sight' },
  landuse: {
    residential: 'compound',
    commercial: 'compound',
    industrial: 'compound',
    cemetery: 'park',
    reservoir: 'water',
  },
};

/** Class of a named place, from a point or as the label of an area; undefined when it is none or has no name. */
export function placeClassOf(tags: Tags): PlaceClass | undefined {
  if (!tags['name']) return undefined;
  for (const [key, byValue] of Object.entries(placeRules)) {
    const value = tags[key];
    if (value !== undefined && Object.hasOwn(byValue, value)) return byValue[value];
  }
  return undefined;
}

/** Names as basemap_features keeps them. */
export const namesOf = (tags: Tags): { name?: string; nameEn?: string; nameZh?: string } => {
  const name = tags['name'];
  const nameEn = tags['name:en'];
  const nameZh = tags['name:zh-Hans'] ?? tags['name:zh'];
  return { ...(name && { name }), ...(nameEn && { nameEn }), ...(nameZh && { nameZh }) };
};

const boundaryClasses: Record<string, string> = {
  2: 'country',
  4: 'province',
  5: 'city',
  6: 'district',
  7: 'district',
  8: 'town',
};

/** Class of an administrative boundary from its admin_level; undefined below town level. */
export const boundaryClassOf = (tags: Tags): string | undefined =>
  tags['boundary'] === 'administrative' ? boundaryClasses[tags['admin_level'] ?? ''] : undefined;
