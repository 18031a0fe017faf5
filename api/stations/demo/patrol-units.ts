import type { UnitKind } from '../../positions/contract.ts';

export interface DemoUnit {
  number: number;
  callSign: string;
  kind: UnitKind;
  /** Its device, which in the demo is also its credential. */
  device: string;
  equipment: { kind: string; quantity: number }[];
  crewSize: number;
}

export const unitCount = 63;

/** Kinds by number; beyond the station's own units they repeat. */
export function kindOf(number: number): UnitKind {
  const place = ((number - 1) % unitCount) + 1;
  return place === unitCount ? 'uav' : place <= 30 ? 'foot' : place <= 46 ? 'car' : 'bike';
}

/** The devices' ids, `demo-01` … */
export const deviceName = (number: number, prefix = 'demo-'): string => `${prefix}${String(number).padStart(2, '0')}`;

const callSigns: Record<UnitKind, string> = { foot: '平安', car: '巡警', bike: '铁骑', uav: '天眼' };

const kits: Record<UnitKind, [kind: string, quantity: number, every: number][]> = {
  foot: [
    ['radio', 2, 1],
    ['body-camera', 2, 1],
    ['flashlight', 2, 1],
    ['first-aid', 1, 2],
    ['baton', 1, 1],
    ['aed', 1, 6],
  ],
  car: [
    ['radio', 2, 1],
    ['body-camera', 2, 1],
    ['extinguisher', 2, 1],
    ['first-aid', 1, 1],
    ['aed', 1, 2],
    ['life-ring', 2, 2],
    ['shield', 2, 2],
    ['steel-fork', 1, 3],
    ['loudspeaker', 1, 1],
  ],
  bike: [
    ['radio', 1, 1],
    ['body-camera', 1, 1],
    ['first-aid', 1, 2],
    ['extinguisher', 1, 3],
    ['life-ring', 1, 4],
  ],
  uav: [
    ['uav-battery', 6, 1],
    ['loudspeaker', 1, 1],
    ['life-ring', 1, 1],
  ],
};

/** The station's 63 patrol units: 30 on foot, 16 cars, 16 bikes, one UAV. Call signs count per kind. */
export function drawUnits(): DemoUnit[] {
  const counts: Record<UnitKind, number> = { foot: 0, car: 0, bike: 0, uav: 0 };
  return Array.from({ length: unitCount }, (_, i) => {
    const number = i + 1;
    const kind = kindOf(number);
    const sequence = ++counts[kind];
    return {
      number,
      callSign: `${callSigns[kind]}-${String(sequence).padStart(2, '0')}`,
      kind,
      device: deviceName(number),
      equipment: kits[kind]
        .filter(([, , every]) => sequence % every === 0)
        .map(([equipment, quantity]) => ({ kind: equipment, quantity })),
      crewSize: kind === 'bike' ? 1 : 2,
    };
  });
}
