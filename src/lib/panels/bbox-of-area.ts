import type { MultiPolygon, Polygon } from 'geojson';
import type { Bbox } from '$api/positions/contract.ts';

export function bboxOfArea(area: Polygon | MultiPolygon): Bbox {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  const bbox: Bbox = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer = []] of polygons) {
    for (const [lng = 0, lat = 0] of outer) {
      bbox[0] = Math.min(bbox[0], lng);
      bbox[1] = Math.min(bbox[1], lat);
      bbox[2] = Math.max(bbox[2], lng);
      bbox[3] = Math.max(bbox[3], lat);
    }
  }
  return bbox;
}
