import { buildTown } from './build-town.ts';
import { chooseUses } from './choose-uses.ts';
import { divideTown, type Division } from './divide-town.ts';
import { makeGround } from './ground.ts';
import { PlaceNames, type PlaceName } from './place-names.ts';
import { distanceM, offsetLine, smoothLine, type Point, type Ring } from './plane.ts';
import { Random } from './random.ts';
import { Corners } from './share-corners.ts';
import { townAreaM2, type Patch, type Street, type Town } from './town.ts';
import { railwayMiddle, riverMiddle, riverName, type RoadClass } from './town-plan.ts';

/** The demo town. Pure: the same seed gives the same town to the last corner. */
export function generateTown(seed = 1): Town {
  const stream = (part: string) => new Random(`${seed}/${part}`);
  const division = divideTown(stream('divide'));
  const shared = shareCorners(division);
  const ground = makeGround(shared.boundary, townAreaM2);
  const names = new PlaceNames(stream('names'));
  const lineNames = nameLines(division, names);
  const streets: Street[] = division.roads.map((road, i) => ({
    class: road.class,
    name: lineNames[road.line],
    bridge: road.bridge,
    points: ground.bendLine(shared.roads[i] as Point[]),
  }));
  for (const track of [-3, 3])
    streets.push({
      class: 'rail',
      name: undefined,
      bridge: false,
      points: ground.bendLine(offsetLine(smoothLine(railwayMiddle, 5), () => track)),
    });

  const bent = division.blocks.map(({ quarter }, i) => ({ quarter, ring: ground.bendRing(shared.blocks[i] as Ring) }));
  const blocks = chooseUses(
    bent,
    ground.bendPoint,
    ground.bendLine(smoothLine(railwayMiddle, 5)),
    names,
    stream('uses'),
  );
  const { buildings, patches, lanes } = buildTown(blocks, streets, stream('buildings'));
  const embankments: Patch = { layer: 'green', class: 'grass', ring: ground.bendRing(shared.riverside) };
  return {
    boundary: ground.bendRing(shared.boundary),
    grids: shared.grids.map(ground.bendRing),
    blocks,
    streets: meetAtCorners([
      ...streets,
      ...lanes.map((points): Street => ({ class: 'service', name: undefined, bridge: false, points })),
    ]),
    buildings,
    patches: [embankments, ...patches],
    river: ground.bendRing(division.river),
    riverMiddle: ground.bendLine(smoothLine(riverMiddle, 8)),
    riverName,
  };
}

function shareCorners(division: Division) {
  const corners = new Corners();
  const closed = (ring: Ring): Ring => [...ring, ring[0] as Point];
  for (const line of [
    ...division.roads.map(({ points }) => points),
    ...division.grids,
    ...division.blocks.map(({ ring }) => ring),
    division.riverside,
  ])
    for (const point of line) corners.share(point);
  const insertAll = (ring: Ring): Point[] => corners.insertInto(closed(ring)).slice(0, -1);
  return {
    boundary: insertAll(division.boundary),
    grids: division.grids.map(insertAll),
    blocks: division.blocks.map(({ ring }) => insertAll(ring)),
    riverside: insertAll(division.riverside),
    roads: division.roads.map(({ points }) => corners.insertInto(points)),
  };
}

/** Compound lanes end on streets that have no corner there yet. Railways cross streets without meeting them. */
function meetAtCorners(streets: readonly Street[]): Street[] {
  const corners = new Corners();
  for (const { points, class: roadClass } of streets)
    if (roadClass !== 'rail') points.forEach((point) => corners.share(point));
  return streets
    .map((street) => (street.class === 'rail' ? street : { ...street, points: corners.insertInto(street.points) }))
    .filter(({ points }) => points.length > 1 && distanceM(points[0] as Point, points[1] as Point) > 0);
}

const nameKinds: Partial<Record<RoadClass, 'road' | 'street' | 'lane'>> = {
  tertiary: 'road',
  residential: 'street',
  pedestrian: 'lane',
};

function nameLines(division: Division, names: PlaceNames): (PlaceName | undefined)[] {
  const used = new Map(division.roads.map((road) => [road.line, road]));
  return division.lines.map((given, line) => {
    const road = used.get(line);
    if (given || !road) return given;
    const kind = nameKinds[road.class];
    // Beyond the town's edge country roads go unnamed.
    const isCountry = road.points.some(([x, y]) => Math.abs(x) > 1900 || Math.abs(y) > 1500);
    return kind && !isCountry ? names.street(kind) : undefined;
  });
}
