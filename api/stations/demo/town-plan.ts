// What was drawn by hand of the demo town: river, avenues, quarters and landmarks, in metres on an even plane. What is
// between them is divided by `divide-town.ts`; `ground.ts` bends the plane, so that no street stays quite straight.
import type { Point, Ring } from './plane.ts';

export type RoadClass =
  'primary' | 'secondary' | 'tertiary' | 'residential' | 'service' | 'pedestrian' | 'path' | 'rail';

export interface PlannedRoad {
  name: string;
  nameEn: string;
  class: RoadClass;
  /** Whether it crosses the river; one that does not ends at the bank roads. */
  bridge: boolean;
  path: readonly Point[];
}

/** All that is generated; beyond the area of responsibility it thins out into fields. */
export const frame: Ring = [
  [-4500, -3500],
  [4500, -3500],
  [4500, 3500],
  [-4500, 3500],
];

const road = (name: string, nameEn: string, roadClass: RoadClass, bridge: boolean, ...path: Point[]): PlannedRoad => ({
  name,
  nameEn,
  class: roadClass,
  bridge,
  path,
});

/** The four roads around the area of responsibility. */
export const boundaryRoads: readonly PlannedRoad[] = [
  road(
    '西渡路',
    'Xidu Road',
    'secondary',
    true,
    [-1750, -3600],
    [-1690, -1300],
    [-1800, -400],
    [-1650, 500],
    [-1720, 1300],
    [-1600, 3600],
  ),
  road(
    '东塔路',
    'Dongta Road',
    'secondary',
    true,
    [1800, -3600],
    [1700, -1250],
    [1620, -300],
    [1760, 600],
    [1650, 1250],
    [1800, 3600],
  ),
  road(
    '北苑路',
    'Beiyuan Road',
    'secondary',
    false,
    [-4600, 1250],
    [-1700, 1330],
    [-500, 1280],
    [600, 1390],
    [1660, 1260],
    [4600, 1350],
  ),
  road(
    '南堤路',
    'Nandi Road',
    'secondary',
    false,
    [-4600, -1400],
    [-1700, -1310],
    [-400, -1370],
    [700, -1260],
    [1700, -1320],
    [4600, -1200],
  ),
];

export const mainRoads: readonly PlannedRoad[] = [
  road(
    '柳湾大道',
    'Liuwan Avenue',
    'primary',
    true,
    [-760, -3600],
    [-700, -1350],
    [-640, -500],
    [-600, 300],
    [-560, 1290],
    [-700, 3600],
  ),
  road(
    '云汐大道',
    'Yunxi Avenue',
    'primary',
    true,
    [760, -3600],
    [700, -1280],
    [760, -500],
    [820, 300],
    [700, 1370],
    [800, 3600],
  ),
  road(
    '文昌路',
    'Wenchang Road',
    'primary',
    false,
    [-4600, 1000],
    [-1700, 820],
    [-600, 700],
    [800, 640],
    [1700, 560],
    [4600, 600],
  ),
  road(
    '江南大道',
    'Jiangnan Avenue',
    'primary',
    false,
    [-4600, -700],
    [-1700, -620],
    [-1000, -600],
    [-640, -860],
    [100, -1010],
    [750, -930],
    [1650, -720],
    [4600, -800],
  ),
  road('望江大道', 'Wangjiang Avenue', 'secondary', false, [-1900, -1330], [-1200, -930], [-880, -695], [-590, -420]),
  road('青桥路', 'Qingqiao Road', 'secondary', true, [110, -1100], [90, -500], [110, 100], [150, 760]),
  road('槐荫路', 'Huaiyin Road', 'secondary', false, [-1220, -1500], [-1180, -400], [-1150, 100], [-1130, 330]),
  road('槐北路', 'Huaibei Road', 'secondary', false, [-1150, 200], [-1120, 1450]),
  road('海棠路', 'Haitang Road', 'secondary', false, [1240, -1400], [1270, -700], [1260, 80]),
  road('棠北路', 'Tangbei Road', 'secondary', false, [1300, -250], [1290, 1450]),
  road('书院街', 'Shuyuan Street', 'secondary', false, [-700, 250], [0, 220], [800, 250], [1900, 290]),
  road('站前大道', 'Zhanqian Avenue', 'secondary', false, [-60, 1400], [100, 1080], [440, 655], [815, 335], [850, 302]),
];

/** Middle of the river 柳溪江, downstream from west to east. */
export const riverMiddle: readonly Point[] = [
  [-4700, 700],
  [-3400, 150],
  [-2500, 350],
  [-1700, 420],
  [-1050, 150],
  [-500, -330],
  [100, -620],
  [700, -560],
  [1200, -170],
  [1750, 20],
  [2500, -80],
  [3400, -420],
  [4700, -250],
];
export const riverName = { name: '柳溪江', nameEn: 'Liuxi River' };
/** From the bank to the road along it: the green embankment. */
export const embankmentM = 24;

/** Middle of the railway; it crosses the north of the town. */
export const railwayMiddle: readonly Point[] = [
  [-4700, 1350],
  [-2600, 1180],
  [-1200, 1090],
  [-200, 1130],
  [800, 1180],
  [2200, 1060],
  [4700, 1500],
];

export type Quarter = 'old' | 'centre' | 'works' | 'residential' | 'outskirts';

const disc = (point: Point, centre: Point, radiusM: number) =>
  Math.hypot(point[0] - centre[0], point[1] - centre[1]) < radiusM;

/** The quarter of a place inside the area of responsibility. */
export function quarterOf(point: Point): Exclude<Quarter, 'outskirts'> {
  if (disc(point, [400, -170], 420)) return 'old';
  if (disc(point, [780, 640], 400) || disc(point, [100, 960], 230)) return 'centre';
  if ((point[0] > 1250 && point[1] < -850) || disc(point, [-1440, 1100], 330)) return 'works';
  return 'residential';
}

/** Area a block of the quarter is divided down to, m². */
export const blockAreas: Record<Quarter, number> = {
  old: 6200,
  centre: 17_000,
  works: 60_000,
  residential: 46_000,
  outskirts: 260_000,
};

export type LandmarkKind =
  'park' | 'school' | 'hospital' | 'market' | 'works' | 'police' | 'square' | 'railway' | 'bars' | 'bus';

export interface Landmark {
  kind: LandmarkKind;
  name: string;
  nameEn: string;
  near: Point;
}

const landmark = (kind: LandmarkKind, name: string, nameEn: string, x: number, y: number): Landmark => ({
  kind,
  name,
  nameEn,
  near: [x, y],
});

/** Each takes the block around its place. */
export const landmarks: readonly Landmark[] = [
  landmark('police', '柳湾派出所', 'Liuwan Police Station', 300, 330),
  landmark('railway', '柳湾站', 'Liuwan Railway Station', 60, 1200),
  landmark('square', '站前广场', 'Station Square', 40, 1000),
  landmark('hospital', '柳湾区人民医院', 'Liuwan Hospital', -380, 480),
  landmark('market', '东门农贸市场', 'Dongmen Market', 660, 60),
  landmark('bars', '渡口酒吧街', 'Dukou Bar Street', 540, -380),
  landmark('bus', '柳湾客运中心', 'Liuwan Coach Terminal', 330, 1010),
  landmark('school', '书院小学', 'Shuyuan Primary School', -250, 60),
  landmark('school', '柳湾第一中学', 'Liuwan No. 1 Middle School', -900, 900),
  landmark('school', '江南实验学校', 'Jiangnan School', -950, -350),
  landmark('school', '海棠小学', 'Haitang Primary School', 1430, -420),
  landmark('school', '南堤中学', 'Nandi Middle School', 350, -1130),
  landmark('park', '柳溪公园', 'Liuxi Park', -800, 250),
  landmark('park', '文昌公园', 'Wenchang Park', 1130, 800),
  landmark('park', '江南湿地公园', 'Jiangnan Wetland Park', 950, -640),
  landmark('park', '望江公园', 'Wangjiang Park', -1450, -60),
  landmark('works', '云汐纺织厂', 'Yunxi Textile Works', 1440, -1020),
  landmark('works', '江南机械厂', 'Jiangnan Machine Works', 1500, -1200),
  landmark('works', '北苑食品厂', 'Beiyuan Food Works', -1420, 1180),
  landmark('works', '柳湾水厂', 'Liuwan Waterworks', -1560, 980),
];
