import type { Building } from './build-block.ts';
import { buildFronts, fronts } from './build-block.ts';
import type { BuildingSite, Footprint } from './building-site.ts';
import { areaOf, boxAround, type Point, type Ring } from './plane.ts';
import { innerPoint } from './divide-town.ts';
import type { Random } from './random.ts';
import type { Patch, TownBlock } from './town.ts';

/** What stands on a block that is one place: school, hospital, park, square … */
export function buildLandmark(
  block: TownBlock,
  site: BuildingSite,
  random: Random,
): { buildings: Building[]; patches: Patch[] } {
  const box = boxAround(block.ring);
  const centre = innerPoint(block.ring);
  const buildings: Building[] = [];
  const patches: Patch[] = [];
  /** Along the block's long side and across it, from its middle. */
  const at = (alongM: number, acrossM: number): Point => [
    centre[0] + box.axis[0] * alongM - box.axis[1] * acrossM,
    centre[1] + box.axis[1] * alongM + box.axis[0] * acrossM,
  ];
  const build = (
    buildingClass: string,
    heightM: number,
    alongM: number,
    acrossM: number,
    lengthM: number,
    depthM: number,
  ) => {
    const footprint: Footprint = { centre: at(alongM, acrossM), axis: box.axis, lengthM, depthM };
    if (site.build(footprint, 3)) buildings.push({ ...footprint, class: buildingClass, heightM });
  };
  const wing = box.longM * 0.24;
  const rise = box.shortM * 0.22;
  switch (block.use) {
    case 'school': {
      const scale = Math.max(0.45, Math.min(1, (box.shortM - 50) / 82));
      patches.push(runningTrack(at(wing, 0), box.axis, scale));
      site.reserve([at(wing - 66 * scale, 0), at(wing + 66 * scale, 0)], 80 * scale);
      for (const across of [-rise * 1.3, 0, rise * 1.3])
        for (const along of [-wing, -wing * 0.55]) build('school', 16, along, across, Math.min(60, wing * 1.1), 13);
      // A narrow block has its class rooms along the street.
      buildings.push(...buildFronts(site, { ...fronts.shops, class: 'school', rows: 1, density: 0.45 }, random));
      break;
    }
    case 'hospital':
      build('hospital', 62, 0, 0, 58, 26);
      build('hospital', 24, -wing, rise, 44, 18);
      build('hospital', 24, wing, -rise, 44, 18);
      build('hospital', 12, wing, rise, 30, 16);
      build('hospital', 12, -wing, -rise, 30, 16);
      break;
    case 'police':
      build('public', 18, 0, 0, Math.min(46, box.longM * 0.4), 16);
      build('public', 9, 0, rise * 1.1, 30, 11);
      build('public', 9, -wing, 0, 12, 22);
      break;
    case 'market':
      for (const across of [-rise, rise])
        build('retail', 9, 0, across, Math.min(90, box.longM * 0.6), Math.min(26, rise * 1.2));
      buildings.push(...buildFronts(site, { ...fronts.shops, rows: 1 }, random));
      break;
    case 'railway':
      build('train_station', 22, 0, -rise, Math.min(110, box.longM * 0.55), 26);
      build('train_station', 22, 0, rise, Math.min(110, box.longM * 0.55), 26);
      build('train_station', 22, 0, 0, Math.min(110, box.longM * 0.55), 26);
      break;
    case 'bus':
      build('public', 14, 0, rise * 0.6, 56, 22);
      buildings.push(...buildFronts(site, { ...fronts.shops, rows: 1, density: 0.5 }, random));
      break;
    case 'bars':
      buildings.push(...buildFronts(site, { ...fronts.lanes, class: 'retail', rows: 2 }, random));
      break;
    case 'park':
      patches.push(pond(at(wing * 0.4, 0), Math.sqrt(areaOf(block.ring)) * 0.2, random));
      build('pavilion', 6, -wing, rise, 12, 12);
      build('pavilion', 6, -wing * 1.2, -rise, 18, 9);
      break;
    case 'plot':
      if (random.chance(0.5)) build('house', 5, wing, rise, 14, 9);
      break;
    case 'field':
      if (random.chance(0.3))
        patches.push(
          pond(at(random.between(-wing, wing), random.between(-rise, rise)), random.between(24, 55), random),
        );
      break;
    default:
      break;
  }
  return { buildings, patches };
}

/** A 400 m running track with its field, or a smaller one. */
function runningTrack(centre: Point, axis: Point, scale: number): Patch {
  const [halfStraight, radius] = [42 * scale, 36 * scale];
  const ring: Point[] = [];
  for (let i = 0; i < 24; i++) {
    const angle = (i / 24) * 2 * Math.PI - Math.PI / 2;
    const along = Math.cos(angle) * radius + (Math.cos(angle) >= 0 ? halfStraight : -halfStraight) * 0.6;
    const across = Math.sin(angle) * radius;
    ring.push([centre[0] + axis[0] * along - axis[1] * across, centre[1] + axis[1] * along + axis[0] * across]);
  }
  return { layer: 'green', class: 'pitch', ring };
}

function pond(centre: Point, radiusM: number, random: Random): Patch {
  const [lobe, phase] = [random.between(0.1, 0.28), random.between(0, 6)];
  const ring: Ring = Array.from({ length: 28 }, (_, i): Point => {
    const angle = (i / 28) * 2 * Math.PI;
    const radius = radiusM * (1 + lobe * Math.sin(2 * angle + phase) + 0.12 * Math.sin(3 * angle + 2 * phase));
    return [centre[0] + 1.25 * radius * Math.cos(angle), centre[1] + 0.8 * radius * Math.sin(angle)];
  });
  return { layer: 'water', class: 'pond', ring };
}
