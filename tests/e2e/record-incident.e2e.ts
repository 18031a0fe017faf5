import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { palettes } from '../../src/lib/layers/palette.ts';
import { readPixels } from './read-pixels.ts';
import { signInAs } from './sign-in.ts';

// Drawn in software: a small picture leaves the time limits to what they measure.
// Wide enough that the drawer leaves the middle of the map free.
test.use({ viewport: { width: 1280, height: 560 }, contextOptions: { reducedMotion: 'reduce' }, colorScheme: 'light' });
test.setTimeout(240_000);

type LngLat = [lng: number, lat: number];
interface Told {
  id: string;
  number: number;
  category: string;
  state: string;
  text: string | null;
  lngLat: LngLat;
}

async function demoStation(request: APIRequestContext) {
  const { stations } = (await (await request.get('/api/stations')).json()) as {
    stations: { id: string; kind: string; bbox: [number, number, number, number] }[];
  };
  const { id, bbox } = stations.find(({ kind }) => kind === 'station')!;
  return { id, middle: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2] as LngLat };
}
/** Those of the last hour that carry this text: each test writes one of its own. */
async function recorded(request: APIRequestContext, station: string, text: string): Promise<Told[]> {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const answer = await request.get('/api/incidents', { params: { station, from, limit: '1000' } });
  return ((await answer.json()) as { incidents: Told[] }).incidents.filter((incident) => incident.text === text);
}

const shownText = (page: Page) => page.getByTestId('incidents-shown');
const shownCount = async (page: Page): Promise<number> =>
  Number(/显示 ([\d,]+) 起/.exec((await shownText(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''));
const drawer = (page: Page) => page.getByRole('complementary', { name: '登记警情' });
const details = (page: Page) => page.getByRole('complementary', { name: '详情' });
const canvasBox = async (page: Page) => (await page.locator('canvas.maplibregl-canvas').boundingBox())!;

async function openMap(page: Page, [lng, lat]: LngLat): Promise<void> {
  await page.goto(`/map?v=16/${lat}/${lng}&layers=incidents&it=today`);
  await expect(shownText(page)).toContainText(/显示 [\d,]+ 起/, { timeout: 60_000 });
  await expect(page.locator('canvas.maplibregl-canvas')).toBeVisible();
}

/** Opens the tool by its letter and chooses the place in the middle of the map by a click, or where it is told. */
async function choosePlace(page: Page, aside = 0): Promise<void> {
  await expect(page.getByRole('toolbar', { name: '工具' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('n');
  await expect(page.getByRole('button', { name: '请点击地图…' })).toBeVisible();
  const box = await canvasBox(page);
  await expect(async () => {
    await page.mouse.click(box.x + box.width / 2 + aside, box.y + box.height / 2);
    await expect(page.getByTestId('record-place')).toBeVisible({ timeout: 4000 });
  }).toPass({ timeout: 60_000 });
}

test('what one records by a click on the map stands on another’s map a moment later, without a reload', async ({
  page,
  browser,
  request,
}) => {
  const { id, middle } = await demoStation(request);
  // Outside the town, where nothing else is drawn.
  const place: LngLat = [Number((middle[0] + 0.09).toFixed(5)), Number(middle[1].toFixed(5))];
  const text = `两人落水 ${Date.now()}`;
  const others = await browser.newContext({ viewport: { width: 700, height: 480 } });
  await signInAs(others, 'officer');
  const other = await others.newPage();
  await openMap(other, place);
  await openMap(page, place);
  const before = await shownCount(other);
  await other.evaluate(() => {
    Object.assign(window, { changedAtMs: 0 });
    const shown = document.querySelector('[data-testid=incidents-shown]')!;
    new MutationObserver(() => Object.assign(window, { changedAtMs: Date.now() })).observe(shown, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });

  await choosePlace(page);
  await page.getByLabel('类别', { exact: true }).fill('涉水警情');
  await page.getByLabel('简要情况').fill(text);
  const stored = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.status() === 201);
  await page.getByLabel('简要情况').press('Control+Enter');
  await stored;
  const storedAtMs = Date.now();

  await expect.poll(() => shownCount(other), { timeout: 20_000 }).toBe(before + 1);
  const seenAtMs = await other.evaluate(() => (window as never as { changedAtMs: number }).changedAtMs);
  // The news takes milliseconds; a picture drawn in software may hold the page up meanwhile.
  expect(seenAtMs - storedAtMs).toBeLessThan(5000);
  const [incident] = await recorded(request, id, text);
  expect(incident).toMatchObject({ category: 'drowning', state: 'open' });
  // Where it was clicked: within some pixels of the middle at this zoom.
  expect(Math.abs(incident!.lngLat[0] - place[0])).toBeLessThan(0.0002);
  const box = await canvasBox(other);
  await expect(async () => {
    const drawn = (await readPixels(other, box)).at(box.width / 2, box.height / 2);
    for (const [i, value] of palettes.light.incident.entries()) expect(Math.abs(drawn[i]! - value)).toBeLessThan(32);
  }).toPass({ timeout: 60_000 });
  // Who recorded it looks at it now.
  await expect(drawer(page)).toHaveCount(0);
  await expect(details(page)).toContainText('处理中');
  await expect(page.getByTestId('incident-text')).toHaveText(text);
  await expect(page).toHaveURL(new RegExp(`sel=incident:${incident!.number}`));
  await others.close();
});

test('a draft outlives its drawer and a lost answer, and is recorded once', async ({ page, request }) => {
  const { id, middle } = await demoStation(request);
  const place: LngLat = [Number((middle[0] + 0.1).toFixed(5)), Number(middle[1].toFixed(5))];
  const text = `网络中断时登记 ${Date.now()}`;
  await openMap(page, place);
  await choosePlace(page);
  await page.getByLabel('类别', { exact: true }).fill('河道异味');
  await page.getByLabel('简要情况').fill(text);
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
  await page.keyboard.press('n');
  await expect(page.getByLabel('简要情况')).toHaveValue(text);
  await expect(page.getByLabel('类别', { exact: true })).toHaveValue('河道异味');
  await expect(page.getByTestId('record-place')).toBeVisible();

  // The server stores it and its answer is lost; after that the network is gone for a while.
  let sent = 0;
  await page.route('**/api/incidents/*', async (route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    if (++sent === 1) await route.fetch();
    if (sent <= 2) return route.abort('connectionreset');
    await route.continue();
  });
  await page.getByLabel('简要情况').press('Control+Enter');
  await expect(drawer(page)).toContainText('不会重复登记');
  await expect(page.getByLabel('简要情况')).toHaveValue(text);
  await expect(details(page)).toContainText('处理中', { timeout: 30_000 });
  expect(sent).toBe(3);
  const stored = await recorded(request, id, text);
  expect(stored.map(({ category }) => category)).toEqual(['河道异味']);
  await page.keyboard.press('n');
  await expect(page.getByLabel('简要情况')).toHaveValue('');
});

test('an incident is corrected, closed, withdrawn and brought back, and its timeline tells it', async ({
  page,
  request,
}) => {
  const { id, middle } = await demoStation(request);
  const text = `更正与撤销 ${Date.now()}`;
  const incidentId = crypto.randomUUID();
  const put = await request.put(`/api/incidents/${incidentId}`, {
    data: {
      stationId: id,
      category: 'theft',
      source: 'citizen',
      lngLat: [middle[0] + 0.11, middle[1]],
      occurredAt: new Date().toISOString(),
      text,
    },
  });
  expect(put.status(), await put.text()).toBe(201);
  const { number } = (await put.json()) as Told;
  await page.goto(`/map?view=table&it=today&sel=incident:${number}`);
  const panel = details(page);
  await expect(panel).toContainText('处理中', { timeout: 60_000 });

  await panel.getByRole('button', { name: '更正' }).click();
  await expect(page.getByLabel('类别', { exact: true })).toHaveValue('盗窃');
  await page.getByLabel('类别', { exact: true }).fill('入室盗窃');
  await page.getByRole('button', { name: '保存更正' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: '更正' })).toContainText('盗窃 → 入室盗窃');

  await panel.getByRole('button', { name: '办结' }).click();
  await page.getByLabel('备注（可不填）').fill('现场处置完毕');
  await page.getByRole('dialog').getByRole('button', { name: '办结' }).click();
  await expect(panel).toContainText('已办结');
  await expect(panel.getByRole('listitem').filter({ hasText: '办结' })).toContainText('现场处置完毕');

  await panel.getByRole('button', { name: '撤销登记' }).click();
  const shown = await shownCount(page);
  await page.getByRole('dialog').getByRole('button', { name: '撤销登记' }).click();
  await expect(drawer(page)).toContainText('不再显示和统计');
  await expect.poll(() => shownCount(page)).toBe(shown - 1);
  expect(await recorded(request, id, text)).toEqual([]);

  // Later it is found in the list of what was withdrawn.
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
  await page.keyboard.press('n');
  await drawer(page).getByRole('button', { name: '已撤销的登记' }).click();
  await drawer(page)
    .getByRole('list', { name: '已撤销的登记' })
    .getByRole('button', { name: `入室盗窃 · ${number}` })
    .click();
  await expect(drawer(page)).toContainText('不再显示和统计');
  await drawer(page).getByRole('button', { name: '恢复登记' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '恢复登记' }).click();
  await expect(panel).toContainText('处理中');
  await expect(panel.getByRole('listitem').locator('strong')).toHaveText([
    '登记',
    '更正',
    '办结',
    '撤销登记',
    '重新办理',
  ]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('an officer finds a place by name and records there', async ({ page, context, request }) => {
    await signInAs(context, 'officer');
    const { id } = await demoStation(request);
    const text = `手机登记 ${Date.now()}`;
    await page.goto('/map?layers=incidents&it=today');
    await page.getByRole('button', { name: '更多' }).click({ timeout: 60_000 });
    await page.getByRole('button', { name: '登记警情' }).click();
    const form = drawer(page);
    await form.getByRole('combobox').first().fill('柳湾');
    await expect(form.getByRole('option').first()).toBeVisible();
    await form.getByRole('combobox').first().press('Enter');
    await expect(page.getByTestId('record-place')).toBeVisible();
    const frequent = form.getByRole('group', { name: '常用类别' }).getByRole('button').first();
    await frequent.click();
    await expect(page.getByLabel('类别', { exact: true })).toHaveValue((await frequent.textContent())!);
    await page.getByLabel('简要情况').fill(text);
    // Nothing of the form stands out of the screen to the side.
    const box = (await form.boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    await form.getByRole('button', { name: '登记警情' }).last().click();
    await expect(page.getByTestId('incident-text')).toHaveText(text, { timeout: 30_000 });
    expect(await recorded(request, id, text)).toHaveLength(1);
  });
});
