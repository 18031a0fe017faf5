import { expect, test } from 'vitest';
import { DeviceNames } from '../../../api/positions/device-names.ts';
import { readReport } from '../../../api/positions/read-report.ts';
import { scanReport } from '../../../api/positions/scan-report.ts';
import type { RegistryDevice } from '../../../api/units/registry.ts';
import { seededRandom } from '../../fixtures/seeded-random.ts';

const known = new Map<string, RegistryDevice>(
  ['d-1', '巡逻车-01', ''].map((name, index) => [
    name,
    { deviceNumber: index + 1, stationId: 's', name, unit: undefined },
  ]),
);
const find = (name: string) => known.get(name);

const scan = (text: string) => scanReport(Buffer.from(text), new DeviceNames(find), 1000);
const read = (text: string) => readReport(JSON.parse(text), find, 1000);

const plain = '{"device":"d-1","at":"2026-11-20T08:15:30.250Z","lngLat":[120.1234567,-30.5]}';

test('what it reads is what JSON.parse reads, value by value', () => {
  const random = seededRandom(5);
  const number = () => Number(((random() - 0.5) * 10 ** Math.floor(random() * 6)).toFixed(Math.floor(random() * 8)));
  const fixes = Array.from({ length: 1000 }, () => ({
    device: ['d-1', '巡逻车-01', 'nobody', ''][Math.floor(random() * 4)],
    at: new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 3e10)).toISOString(),
    lngLat: [number(), number()],
    ...(random() < 0.7 && { accuracyM: number() }),
    ...(random() < 0.7 && { speedMps: random() < 0.1 ? null : number() }),
    ...(random() < 0.7 && { headingDeg: random() < 0.2 ? 360 : number() }),
    ...(random() < 0.3 && { altitudeM: number(), batteryPct: number() }),
  }));
  for (const text of [JSON.stringify(fixes), JSON.stringify(fixes, null, 2)]) {
    const scanned = scan(text)!;
    const { values, devices, count } = read(text);
    expect(scanned.count).toBe(count);
    expect(scanned.devices).toEqual(devices);
    expect(scanned.values).toEqual(values);
    expect([0, 500, 999].map(scanned.rowAt)).toEqual([fixes[0], fixes[500], fixes[999]]);
  }
});

test('an empty report, and other forms of the time', () => {
  expect(scan(' [ ] ')).toMatchObject({ count: 0 });
  const text = `[${plain.replace('08:15:30.250Z', '16:15:30+08:00')}]`;
  expect(scan(text)!.values).toEqual(read(text).values);
});

test('a number is read to the last bit', () => {
  for (const number of ['0', '-0', '0.1', '120.1234567', '999999999999999', '0.30000000000000', '1.7976931348623']) {
    const values = scan(`[${plain.replace('120.1234567', number)}]`)!.values;
    expect(values[1]).toBe(Number(number));
  }
});

test.each([
  '',
  '[',
  '{}',
  '[1]',
  '[{}]',
  `[${plain}`,
  `[${plain},]`,
  `[,${plain}]`,
  `[${plain}]x`,
  `[${plain} ${plain}]`,
  `[${plain.replace('"d-1"', '7')}]`,
  `[${plain.replace('"d-1"', '"d\\u002d1"')}]`,
  `[${plain.replace('"d-1"', '"d-1')}]`,
  `[${plain.replace('d-1', 'd\n1')}]`,
  `[${plain.replace('"at"', '"aT"')}]`,
  `[${plain.replace('"at"', '"device"')}]`,
  `[${plain.replace('2026-11-20T08:15:30.250Z', '2026-11-20T08:15:30')}]`,
  `[${plain.replace('2026-11-20T08:15:30.250Z', '2026-11-31T08:15:30.250Z')}]`,
  `[${plain.replace('120.1234567', '1.2e2')}]`,
  `[${plain.replace('120.1234567', '0120')}]`,
  `[${plain.replace('120.1234567', '.5')}]`,
  `[${plain.replace('120.1234567', '5.')}]`,
  `[${plain.replace('120.1234567', '-')}]`,
  `[${plain.replace('120.1234567', '+5')}]`,
  `[${plain.replace('120.1234567', '1234567890123456')}]`,
  `[${plain.replace('120.1234567', 'nul')}]`,
  `[${plain.replace('120.1234567', '"120"')}]`,
  `[${plain.replace('-30.5]', '-30.5,1]')}]`,
  `[${plain.replace('}', ',"note":1}')}]`,
  `[${plain.replace('}', ',"speedMps":"fast"}')}]`,
  `[${Array(1001).fill(plain).join(',')}]`,
])('%s is left to the step-by-step reader', (text) => expect(scan(text)).toBeUndefined());
