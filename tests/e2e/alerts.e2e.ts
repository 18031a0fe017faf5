import { expect, request as requests, test, type APIRequestContext } from '@playwright/test';
import { bbox, centroid } from '@turf/turf';
import type { Alert } from '../../api/alerts/contract.ts';
import type { Geofence } from '../../api/geofences/contract.ts';
import type { Unit } from '../../api/units/contract.ts';
import { palettes } from '../../src/lib/layers/palette.ts';
import { readPixels } from './read-pixels.ts';
import { demoPassword, nobody } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
test.use({ viewport: { width: 1000, height: 640 }, contextOptions: { reducedMotion: 'reduce' }, colorScheme: 'light' });
test.setTimeout(420_000);

type LngLat = [lng: number, lat: number];
interface OwnUnit {
  id: string;
  callSign: string;
  token: string;
}

const ownUnitPrefix = '围栏车';

const json = async <Body>(answer: Awaited<ReturnType<APIRequestContext['post']>>): Promise<Body> => {
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as Body;
};

async function demoStation(request: APIRequestContext): Promise<{ id: string; middle: LngLat }> {
  const { stations } = await json<{ stations: { id: string; kind: string; bbox: number[] }[] }>(
    await request.get('/api/stations'),
  );
  const { id, bbox } = stations.find(({ kind }) => kind === 'station')!;
  return { id, middle: [(bbox[0]! + bbox[2]!) / 2, (bbox[1]! + bbox[3]!) / 2] };
}

/** A car of its own, which no simulator moves, on duty. */
async function makeUnit(commander: APIRequestContext, stationId: string): Promise<OwnUnit> {
  const administrator = await requests.newContext({
    baseURL: process.env['E2E_URL'] ?? '',
    // Else it would end the commander's session, which is all the other tests'.
    storageState: nobody,
  });
  const data = { username: 'administrator', password: demoPassword };
  await json(await administrator.post('/api/session', { data }));
  const callSign = `${ownUnitPrefix}${Date.now() % 100_000}`;
  const { id } = await json<{ id: string }>(
    await administrator.post('/api/units', { data: { stationId, callSign, kind: 'car' } }),
  );
  const { token } = await json<{ token: string }>(
    await administrator.post('/api/devices', { data: { stationId, unitId: id, name: callSign } }),
  );
  await json(await commander.post(`/api/units/${id}/shift`, { data: { action: 'start' } }));
  await administrator.dispose();
  return { id, callSign, token };
}

const readAlerts = async (request: APIRequestContext, station: string, { id }: OwnUnit): Promise<Alert[]> => {
  const { alerts } = await json<{ alerts: Alert[] }>(
    await request.get('/api/alerts', { params: { station, state: 'all' } }),
  );
  // Where drawing takes minutes, the unit falls silent meanwhile, and that is told too.
  return alerts.filter(({ unitId, kind }) => unitId === id && kind !== 'unitStale');
};

/** What a test that failed left behind: the station is everybody's, and a second try begins anew. */
test.afterEach(async ({ request }) => {
  const { id: station } = await demoStation(request);
  const { geofences } = await json<{ geofences: Geofence[] }>(
    await request.get('/api/geofences', { params: { station } }),
  );
  for (const { id } of geofences.filter(({ name }) => name.startsWith(`围栏${ownUnitPrefix}`)))
    await removeFence(request, id);
  const { units } = await json<{ units: Unit[] }>(await request.get('/api/units', { params: { station } }));
  for (const { id } of units.filter(
    ({ callSign, dutyState }) => dutyState === 'on' && callSign.startsWith(ownUnitPrefix),
  ))
    await json(await request.post(`/api/units/${id}/shift`, { data: { action: 'end' } }));
});

async function removeFence(request: APIRequestContext, id: string): Promise<void> {
  const { confirm } = (await (await request.delete(`/api/geofences/${id}`)).json()) as { confirm: string };
  expect((await request.delete(`/api/geofences/${id}`, { params: { confirm } })).status()).toBe(204);
}

test('a geofence is drawn; a unit that crosses it is on the desk at once, one time only, until a person acknowledges it', async ({
  page,
  request,
}) => {
  const { id: stationId, middle } = await demoStation(request);
  const unit = await makeUnit(request, stationId);
  const startMs = Date.now();
  const report = async ([lng, lat]: LngLat, afterS: number): Promise<void> => {
    const fix = {
      device: unit.callSign,
      at: new Date(startMs + afterS * 1000).toISOString(),
      lngLat: [lng, lat],
      accuracyM: 6,
    };
    const answer = await request.post('/api/positions', {
      headers: { Authorization: `Bearer ${unit.token}` },
      data: [fix],
    });
    expect(await answer.text()).toContain('accepted');
  };

  await page.goto(`/?v=16/${middle[1]}/${middle[0]}`);
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('canvas.maplibregl-canvas').first()).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('f');
  const drawer = page.getByRole('complementary', { name: '电子围栏' });
  await drawer.getByRole('button', { name: '新建围栏' }).click();
  const stage = drawer.locator('.draw .map');
  await expect(stage).toHaveAttribute('aria-busy', 'false', { timeout: 60_000 });
  const box = (await stage.boundingBox())!;
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  for (const [x, y] of [
    [0.4, 0.4],
    [0.6, 0.4],
    [0.6, 0.6],
    [0.4, 0.6],
    [0.4, 0.4],
  ] as const) {
    await page.mouse.move(...at(x, y));
    await page.mouse.click(...at(x, y));
  }
  const name = `围栏${unit.callSign}`;
  await drawer.getByLabel('名称').fill(name);
  await drawer.getByRole('button', { name: '保存' }).click();
  await expect(drawer.getByRole('button', { name: new RegExp(name) })).toBeVisible();
  const { geofences } = await json<{ geofences: Geofence[] }>(
    await request.get('/api/geofences', { params: { station: stationId } }),
  );
  const fence = geofences.find((one) => one.name === name)!;
  const inside = centroid(fence.area).geometry.coordinates as LngLat;
  // 400 m west; a car does that in the half minute between.
  const outside: LngLat = [inside[0] - 0.0046, inside[1]];
  await page.keyboard.press('Escape');

  // Device clocks may run ahead by two minutes: the crossing need not be waited for.
  for (const afterS of [1, 6, 12]) await report(outside, afterS);
  for (const afterS of [45, 50]) await report(inside, afterS);
  const strip = page.getByTestId('alert-strip');
  const entered = strip.getByText(`${unit.callSign} 进入 ${name}`);
  await expect(entered).toHaveCount(0);
  const cameMs = page.evaluate(
    (text) =>
      new Promise<number>((resolve) => {
        const look = () => {
          if (document.querySelector('[data-testid="alert-strip"]')?.textContent?.includes(text)) resolve(Date.now());
          else setTimeout(look, 20);
        };
        look();
      }),
    `${unit.callSign} 进入`,
  );
  const decidedMs = Date.now();
  await report(inside, 56);
  const tookMs = (await cameMs) - decidedMs;
  test.info().annotations.push({ type: 'from the deciding fix to the desk, ms', description: String(tookMs) });
  // The news itself takes milliseconds; a picture that is being drawn in software holds it up for up to a second or two.
  expect(tookMs).toBeLessThan(5000);

  // It goes on inside and about the edge: that is no news.
  const west = Math.min(
    ...(fence.area.coordinates.flat(Infinity as 1) as unknown as number[]).filter((_, index) => index % 2 === 0),
  );
  for (const [index, afterS] of [68, 72, 76, 80, 84, 88].entries())
    await report([west + (index % 2 ? 3e-5 : -3e-5), inside[1]], afterS);
  await page.waitForTimeout(1500);
  await expect(entered).toHaveCount(1);
  expect(await readAlerts(request, stationId, unit)).toHaveLength(1);

  // The mark stands on the map, in the colour of its severity.
  await strip.getByRole('button', { name: new RegExp(`^${unit.callSign} 进入`) }).click();
  const tool = page.getByRole('complementary', { name: '告警' });
  await expect(tool.getByText('核实该单元是否应当在此。')).toBeVisible();
  const [r, g, b] = palettes.light.alerts.warning;
  const canvas = (await page.locator('canvas.maplibregl-canvas').first().boundingBox())!;
  await expect
    .poll(
      async () => {
        const { width, height, at: colorAt } = await readPixels(page, canvas);
        let found = 0;
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const color = colorAt(x, y);
            if (Math.abs(color[0] - r) + Math.abs(color[1] - g) + Math.abs(color[2] - b) < 12) found++;
          }
        return found;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(150);

  await tool.getByLabel('处置备注（可不写）').fill('已呼叫');
  await tool.getByRole('button', { name: '确认', exact: true }).click();
  await expect(entered).toHaveCount(0);
  const [alert] = await readAlerts(request, stationId, unit);
  expect(alert).toMatchObject({
    kind: 'geofenceEnter',
    note: '已呼叫',
    acknowledgedBy: expect.any(String),
    resolvedAt: null,
  });

  // What was made goes again: the station is everybody's.
  await json(await request.post(`/api/units/${unit.id}/shift`, { data: { action: 'end' } }));
  await expect.poll(async () => (await readAlerts(request, stationId, unit))[0]?.resolvedAt).not.toBeNull();
  await removeFence(request, fence.id);
});

test('a geofence is made around a place, moved and deleted by the keyboard alone', async ({ page, request }) => {
  const { id: station, middle } = await demoStation(request);
  const name = `围栏${ownUnitPrefix}键盘${Date.now() % 100_000}`;
  const stored = async (): Promise<Geofence | undefined> => {
    const { geofences } = await json<{ geofences: Geofence[] }>(
      await request.get('/api/geofences', { params: { station } }),
    );
    return geofences.find((fence) => fence.name === name);
  };
  const press = async (button: string | RegExp): Promise<void> => {
    await drawer.getByRole('button', { name: button }).focus();
    await page.keyboard.press('Enter');
  };
  await page.goto(`/?v=16/${middle[1]}/${middle[0]}`);
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('f');
  const drawer = page.getByRole('complementary', { name: '电子围栏' });
  await press('新建围栏');
  await drawer.locator('summary').focus();
  await page.keyboard.press('Enter');
  await drawer.getByLabel('半径（米）').fill('150');
  await drawer.getByRole('combobox', { name: '搜索' }).focus();
  await page.keyboard.type('小学');
  await expect(drawer.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(drawer.getByLabel('边界坐标')).toHaveValue(/^\d+\.\d+, \d+\.\d+\n/);
  await drawer.getByLabel('名称').fill(name);
  await press('保存');
  await expect(drawer.getByRole('button', { name: new RegExp(name) })).toBeVisible();
  const across = ({ area }: Geofence): number => {
    const [, south, , north] = bbox(area);
    return (north - south) * 111_195;
  };
  expect(Math.abs(across((await stored())!) - 300)).toBeLessThan(3);

  // By its coordinates it becomes another one.
  await press(new RegExp(name));
  await drawer.locator('summary').focus();
  await page.keyboard.press('Enter');
  const [lng, lat] = middle;
  await drawer.getByLabel('边界坐标').fill(`${lng}, ${lat}\n${lng + 0.002}, ${lat}\n${lng}, ${lat + 0.001}`);
  await page.keyboard.press('Tab');
  await press('保存');
  await expect(drawer.getByRole('button', { name: new RegExp(name) })).toBeVisible();
  expect(Math.abs(across((await stored())!) - 111)).toBeLessThan(2);

  await press(new RegExp(name));
  await press('删除');
  await drawer.getByRole('alertdialog').getByRole('button', { name: '删除' }).focus();
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('button', { name: new RegExp(name) })).toHaveCount(0);
  expect(await stored()).toBeUndefined();
});

test('a call for help rings, stands on the desk before all else and stays until somebody acknowledges it', async ({
  page,
  request,
}) => {
  const { id: stationId, middle } = await demoStation(request);
  const unit = await makeUnit(request, stationId);
  // What is played is written down: there is no loudspeaker here.
  await page.addInitScript(() => {
    const played: string[] = ((globalThis as { played?: string[] }).played = []);
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
      played.push(String(this.frequency.value));
      start.call(this, when);
    };
  });
  const played = () => page.evaluate(() => (globalThis as { played?: string[] }).played!.length);
  await page.goto(`/?v=15/${middle[1]}/${middle[0]}`);
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('a');
  const tool = page.getByRole('complementary', { name: '告警' });
  await expect(tool.getByText('此设备静音（SOS 除外）').first()).toBeVisible({ timeout: 60_000 });
  await tool.getByRole('switch').click();
  const sos = await request.post(`/api/units/${unit.id}/sos`, { data: { lngLat: middle } });
  expect(sos.status()).toBe(201);
  const row = page.getByTestId('alert-strip').locator('.alert').first();
  await expect(row).toContainText(`${unit.callSign} 求助 SOS`, { timeout: 90_000 });
  await expect(tool.getByTestId('alert').first()).toHaveAttribute('data-kind', 'sos');
  await expect(page.getByTestId('alert-count')).toBeVisible();
  // Muted, it sounds all the same, again and again.
  await expect.poll(played).toBeGreaterThan(8);
  await row.getByRole('button', { name: /^确认/ }).click();
  // Its own words: a unit that has not reported for minutes is silent besides.
  await expect(page.getByTestId('alert-strip').getByText(`${unit.callSign} 求助`)).toHaveCount(0);
  const before = await played();
  await page.waitForTimeout(6000);
  expect(await played()).toBe(before);
  await json(await request.post(`/api/units/${unit.id}/sos/cancel`));
  await json(await request.post(`/api/units/${unit.id}/shift`, { data: { action: 'end' } }));
});
