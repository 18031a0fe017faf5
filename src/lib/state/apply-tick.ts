import { decodeAge, decodeHeading, isInRange, writeLngLats, type LiveTick } from '$api/live/contract.ts';
import type { LiveUnits } from './live-units.ts';

let lngLats = new Float64Array(2048);

/**
 * Brings the units in sight to the state of one live tick. Positions first, over all cells, then what left: a unit
 * that crossed into another cell is told there, and its removal from the old one must not take it off the map.
 */
export function applyTick(live: LiveUnits, { frames, isReset, range, serverTimeMs }: LiveTick): void {
  const told = new Set<number>();
  const snapshots = new Set<number>();
  for (const frame of frames) {
    const { unitNumbers, ages, headings, kinds, cell } = frame;
    if (lngLats.length < 2 * unitNumbers.length) lngLats = new Float64Array(4 * unitNumbers.length);
    writeLngLats(frame, lngLats);
    const tellsAll = isReset || frame.kind === 'snapshot';
    if (tellsAll) snapshots.add(cell);
    for (let i = 0; i < unitNumbers.length; i++) {
      const slot = live.put(unitNumbers[i]!, lngLats[2 * i]!, lngLats[2 * i + 1]!, cell, kinds[i]);
      live.headingsDeg[slot] = decodeHeading(headings[i]!);
      live.observedAtMs[slot] = serverTimeMs - decodeAge(ages[i]!);
      if (tellsAll) told.add(unitNumbers[i]!);
    }
  }
  for (const { removed, cell } of frames) {
    for (const number of removed) {
      const slot = live.slotOf(number);
      if (slot !== undefined && live.cells[slot] === cell) live.remove(number);
    }
  }
  // Backwards, because a removal moves the last slot into the gap. Neighbours are mostly of one cell.
  let [lastCell, isHeld, isTold] = [-1, false, false];
  for (let slot = live.count - 1; slot >= 0; slot--) {
    const cell = live.cells[slot]!;
    if (cell !== lastCell) {
      lastCell = cell;
      isHeld = isInRange(range, cell);
      isTold = isReset || snapshots.has(cell);
    }
    if (!isHeld || (isTold && !told.has(live.numbers[slot]!))) live.remove(live.numbers[slot]!);
  }
}
