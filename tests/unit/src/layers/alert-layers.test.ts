import { describe, expect, test } from 'vitest';
import type { Alert } from '$api/alerts/contract.ts';
import { createAlertMarksLayers, type AlertMark } from '$lib/layers/alert-layers.ts';
import { createGeofenceLabelsLayer, createGeofencesLayer } from '$lib/layers/geofence-layers.ts';
import { palettes } from '$lib/layers/palette.ts';
import type { Geofence } from '$api/geofences/contract.ts';

const alertOf = (more: Partial<Alert> = {}): Alert => ({
  id: 'a',
  stationId: 's',
  kind: 'unitStale',
  severity: 'warning',
  openedAt: '2026-11-22T04:00:00.000Z',
  unitId: null,
  unitNumber: null,
  callSign: '巡03',
  incidentId: null,
  incidentNumber: null,
  gridId: null,
  gridNumber: null,
  geofenceId: null,
  geofenceName: null,
  dispatchId: null,
  lngLat: [116.4, 39.9],
  detail: {},
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
  resolvedAt: null,
  closedBy: null,
  ...more,
});
const markOf = (more: Partial<Alert> = {}): AlertMark => {
  const alert = alertOf(more);
  return { alert, lngLat: alert.lngLat!, text: 'SOS 巡03', isAcknowledged: alert.acknowledgedAt !== null };
};

describe('marks of alerts', () => {
  const layersOf = (isLarge: boolean, more: Partial<Alert> = {}) =>
    createAlertMarksLayers([markOf(more)], 'SO巡03', palettes.dark, isLarge);

  test('are clicked by the name that the map knows, and their plates belong to the same family', () => {
    expect(layersOf(false).map(({ id }) => id)).toEqual(['alert-marks', 'alert-marks-plates']);
  });

  test('pulse until they are acknowledged', () => {
    const radius = (isLarge: boolean, more: Partial<Alert> = {}): number => {
      const { getRadius } = layersOf(isLarge, more)[0]!.props as unknown as { getRadius: (mark: AlertMark) => number };
      return getRadius(markOf(more));
    };
    expect(radius(true)).toBeGreaterThan(radius(false));
    const acknowledgedAt = '2026-11-22T04:01:00.000Z';
    expect(radius(true, { acknowledgedAt })).toBe(radius(false, { acknowledgedAt }));
  });
});

/** WCAG 2.2, relative luminance and contrast. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const luminance = (color: readonly number[]): number => {
    const [r = 0, g = 0, blue = 0] = color.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test.each(['light', 'dark'] as const)('words stand out on the plates of every severity, %s', (theme) => {
  const { alerts, alertInk } = palettes[theme];
  for (const color of Object.values(alerts)) expect(contrast(color, alertInk)).toBeGreaterThan(4.5);
});

describe('geofences on the map', () => {
  const fence: Geofence = {
    id: 'f',
    stationId: 's',
    name: '学校',
    severity: 'critical',
    onEnter: true,
    onLeave: false,
    dwellMinutes: null,
    unitKinds: [],
    activeHours: null,
    version: 1,
    area: {
      type: 'Polygon',
      coordinates: [
        [
          [116.4, 39.9],
          [116.42, 39.9],
          [116.42, 39.92],
          [116.4, 39.92],
          [116.4, 39.9],
        ],
      ],
    },
  };
  const list = [fence];

  test('are cut into triangles once for the same list', () => {
    const first = createGeofencesLayer(list, palettes.light).props.data;
    expect(createGeofencesLayer(list, palettes.dark).props.data).toBe(first);
  });

  test('bear their name inside', () => {
    const { props } = createGeofenceLabelsLayer(list, '学校', palettes.light);
    const getPosition = props.getPosition as unknown as (one: Geofence) => number[];
    const [lng, lat] = getPosition(fence);
    expect(lng).toBeCloseTo(116.41, 5);
    expect(lat).toBeCloseTo(39.91, 5);
  });
});
