import type { TimeSpan } from '../units/queries.ts';
import type { TrackPart } from './plan-batches.ts';

/**
 * What is to be read of each device: the whole span, or what of it lies in the spans of its unit. Spans of a unit that
 * overlap are read once.
 * @param within by unit number; undefined: all
 */
export function planParts(
  devices: readonly { unitNumber: number; deviceNumber: number }[],
  { from, to }: TimeSpan,
  within?: ReadonlyMap<number, readonly TimeSpan[]>,
): TrackPart[] {
  return devices.flatMap((device) => {
    if (!within) return [{ ...device, from, to }];
    return unite(within.get(device.unitNumber) ?? [])
      .map((span) => ({ ...device, from: Math.max(from, span.from), to: Math.min(to, span.to) }))
      .filter((part) => part.from < part.to);
  });
}

function unite(spans: readonly TimeSpan[]): TimeSpan[] {
  const united: TimeSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else united.push({ ...span });
  }
  return united;
}
