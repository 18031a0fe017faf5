import { ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import type { Alert } from '$api/alerts/contract.ts';
import type { LngLat } from '$api/positions/contract.ts';
import { labelFont } from './label-font.ts';
import { placeOf } from './order.ts';
import { withAlpha, type MapPalette } from './palette.ts';

/** An open alert that has a place. */
export interface AlertMark {
  alert: Alert;
  lngLat: LngLat;
  /** A few words on a plate: "SOS 巡03". */
  text: string;
  isAcknowledged: boolean;
}

const place = placeOf('alert-marks');
const radiusPx = (isLarge: boolean): number => (isLarge ? 34 : 24);

/**
 * Marks of alerts: a ring around the place, which stays readable, and a plate above it; large enough for five metres.
 * Those that nobody has acknowledged are filled and pulse. Severity is told by colour, and by the plate's words without it.
 * @param isLarge the half of a pulse that is large
 */
export function createAlertMarksLayers(
  marks: readonly AlertMark[],
  characters: Iterable<string>,
  palette: MapPalette,
  isLarge: boolean,
) {
  const colorOf = ({ alert }: AlertMark) => palette.alerts[alert.severity];
  const data = marks as AlertMark[];
  return [
    new ScatterplotLayer<AlertMark>({
      ...place,
      data,
      pickable: true,
      radiusUnits: 'pixels',
      lineWidthUnits: 'pixels',
      stroked: true,
      filled: true,
      getPosition: ({ lngLat }) => lngLat as [number, number],
      getRadius: ({ isAcknowledged }) => radiusPx(isLarge && !isAcknowledged),
      getLineWidth: ({ isAcknowledged }) => (isAcknowledged ? 3 : 6),
      getLineColor: (mark) => withAlpha(colorOf(mark), 255),
      getFillColor: (mark) => withAlpha(colorOf(mark), mark.isAcknowledged ? 20 : 70),
      updateTriggers: { getRadius: isLarge, getLineColor: palette, getFillColor: palette },
    }),
    new TextLayer<AlertMark>({
      ...place,
      id: `${place.id}-plates`,
      ...labelFont(characters),
      data,
      getText: ({ text }) => text,
      getPosition: ({ lngLat }) => lngLat as [number, number],
      getSize: 18,
      getPixelOffset: [0, -(radiusPx(true) + 16)],
      getColor: withAlpha(palette.alertInk, 255),
      background: true,
      backgroundPadding: [8, 4, 8, 4],
      backgroundBorderRadius: 5,
      getBackgroundColor: (mark) => withAlpha(colorOf(mark), mark.isAcknowledged ? 190 : 255),
      updateTriggers: { getColor: palette, getBackgroundColor: palette },
    }),
  ];
}
