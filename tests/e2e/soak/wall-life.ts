import type { APIRequestContext, Page, Route, WebSocketRoute } from '@playwright/test';
import { WebSocket } from 'ws';
import type { Alert } from '../../../api/alerts/contract.ts';
import type { Incident } from '../../../api/incidents/contract.ts';
import type { LatestFix } from '../../../api/positions/latest-fixes.ts';
import type { Unit } from '../../../api/units/contract.ts';
import type { SavedView } from '../../../api/views/contract.ts';
import { serveHub, type ServedHub } from '../../fixtures/serve-hub.ts';

/** How much of a wall's life was told. */
export interface Lived {
  /** Seconds of the wall's time: one a tick. */
  ticks: number;
  /** Of them the page took so many as messages; what it missed while it drew came as one. */
  taken: number;
  incidents: number;
  alerts: number;
  /** How often its socket was cut. */
  drops: number;
}

const newsEveryMs = 1000;
const dropEveryMs = 15_000;
const incidentsAtOnce = 20;

interface DemoUnit extends Pick<Unit, 'id' | 'number' | 'callSign' | 'kind'> {
  lngLat: [number, number];
  /** Where it heads, radians. */
  turn: number;
}

/**
 * A wall's life told faster than it happens: a tick is a second of it and comes as soon as the page has taken the last;
 * every second that passes here brings twenty incidents and new alerts; the socket is cut now and then.
 */
export class WallLife {
  readonly lived: Lived = { ticks: 0, taken: 0, incidents: 0, alerts: 0, drops: 0 };
  readonly #stationId: string;
  readonly #units: DemoUnit[];
  readonly #served: ServedHub;
  readonly #timers: NodeJS.Timeout[] = [];
  #nowMs = Date.now();
  #echoed = 0;
  #tickedAtMs = 0;
  #round = 0;
  #socket: WebSocketRoute | undefined;

  private constructor(stationId: string, units: DemoUnit[], served: ServedHub) {
    this.#stationId = stationId;
    this.#units = units;
    this.#served = served;
  }

  /** Of the units of the demo station that have a place; `request` is signed in. */
  static async begin(request: APIRequestContext, page: Page): Promise<WallLife> {
    const { units } = (await (await request.get('/api/units')).json()) as { units: Unit[] };
    const placed = units.flatMap(({ id, number, callSign, kind, lngLat }): DemoUnit[] =>
      lngLat ? [{ id, number, callSign, kind, lngLat: [...lngLat], turn: number }] : [],
    );
    const stationId = units[0]!.stationId;
    const life = new WallLife(stationId, placed, await serveHub({}, [stationId]));
    await life.#tellTo(page);
    return life;
  }

  async end(): Promise<void> {
    this.#timers.forEach(clearInterval);
    await this.#served.close();
  }

  async #tellTo(page: Page): Promise<void> {
    await page.routeWebSocket(/\/api\/live/, (browser) => this.#connect(browser));
    const answer = (pattern: RegExp, body: () => object) =>
      page.route(pattern, (route: Route) => route.fulfill({ json: body() }));
    // New ones each time they are read, so that every row of the feed and of the strip is made and thrown away.
    await answer(/\/api\/incidents\?/, () => ({ incidents: this.#incidents() }));
    await answer(/\/api\/alerts\?/, () => ({ alerts: this.#alerts() }));
    await answer(/\/api\/views\?/, () => ({ views: this.#views() }));
    this.#timers.push(
      setInterval(() => this.#beat(), 5),
      setInterval(() => this.#tellNews(), newsEveryMs),
      setInterval(() => this.#drop(), dropEveryMs),
    );
  }

  #connect(browser: WebSocketRoute): void {
    const server = new WebSocket(this.#served.liveUrl(this.#stationId));
    server.binaryType = 'nodebuffer';
    const waiting: (string | Buffer)[] = [];
    this.#socket = browser;
    server.on('open', () => waiting.splice(0).forEach((message) => server.send(message)));
    server.on('error', () => {});
    server.on('message', (content: Buffer, isBinary) => {
      if (isBinary) this.lived.taken++;
      browser.send(isBinary ? content : content.toString());
    });
    browser.onMessage((message) => {
      const echo = /"echo","tick":(\d+)/.exec(message.toString());
      if (echo) this.#echoed = Number(echo[1]);
      if (server.readyState === WebSocket.OPEN) server.send(message);
      else waiting.push(message);
    });
    browser.onClose(() => server.close());
  }

  #drop(): void {
    if (!this.#socket) return;
    this.lived.drops++;
    void this.#socket.close({ code: 1001 });
    this.#socket = undefined;
  }

  #beat(): void {
    const { hub } = this.#served;
    const isWaitedFor = hub.stats().tick - this.#echoed > 2 && Date.now() - this.#tickedAtMs < 250;
    if (isWaitedFor) return;
    this.#tickedAtMs = Date.now();
    this.lived.ticks++;
    this.#nowMs += 1000;
    hub.publishFixes(this.#units.map((unit) => this.#step(unit)));
    atTime(this.#nowMs, () => hub.tick());
  }

  #tellNews(): void {
    this.#round++;
    this.lived.incidents += incidentsAtOnce;
    for (const noun of ['incidents', 'alerts', 'dispatches', 'units'])
      this.#served.hub.announceChange(this.#stationId, noun);
  }

  /** Fifteen metres on, round and round. */
  #step(unit: DemoUnit): LatestFix {
    unit.turn += 0.08;
    unit.lngLat = [unit.lngLat[0] + 0.00016 * Math.cos(unit.turn), unit.lngLat[1] + 0.00014 * Math.sin(unit.turn)];
    return {
      stationId: this.#stationId,
      unitNumber: unit.number,
      unitKind: unit.kind,
      lng: unit.lngLat[0],
      lat: unit.lngLat[1],
      speedMps: 5,
      headingDeg: ((unit.turn * 180) / Math.PI) % 360,
      accuracyM: 5,
      batteryPct: 90,
      observedAtMs: this.#nowMs,
      receivedAtMs: this.#nowMs,
    };
  }

  #incidents(): Incident[] {
    return Array.from({ length: incidentsAtOnce }, (_, index) => {
      const number = 1_000_000 + this.#round * incidentsAtOnce - index;
      return {
        id: idOf(number),
        stationId: this.#stationId,
        number,
        category: index % 2 ? 'theft' : 'fight',
        source: 'citizen',
        at: new Date(this.#nowMs - index * 1000).toISOString(),
        lngLat: this.#units[index % this.#units.length]!.lngLat,
        text: null,
        state: 'open',
        sentinelId: null,
        version: 1,
      } as Incident;
    });
  }

  /**
   * Three units that are silent, others each round; in four rounds of twelve one calls for help, and the map goes there: always
   * the first, so that the map's own store of tiles is soon full.
   */
  #alerts(): Alert[] {
    const turn = Math.floor(this.#round / 12);
    this.lived.alerts += 3;
    const silent = Array.from({ length: 3 }, (_, index) => this.#alert('unitStale', this.#round * 3 + index));
    return this.#round % 12 < 4 ? [{ ...this.#alert('sos', 0), id: idOf(15_000_000 + turn) }, ...silent] : silent;
  }

  #alert(kind: Alert['kind'], number: number): Alert {
    const unit = this.#units[number % this.#units.length]!;
    return {
      id: idOf(10_000_000 + number),
      stationId: this.#stationId,
      kind,
      severity: kind === 'sos' ? 'critical' : 'warning',
      openedAt: new Date(this.#nowMs).toISOString(),
      unitId: unit.id,
      unitNumber: unit.number,
      callSign: unit.callSign,
      incidentId: null,
      incidentNumber: null,
      gridId: null,
      gridNumber: null,
      geofenceId: null,
      geofenceName: null,
      dispatchId: null,
      lngLat: unit.lngLat,
      detail: {},
      acknowledgedAt: null,
      acknowledgedBy: null,
      note: null,
      resolvedAt: null,
      closedBy: null,
    };
  }

  #views(): SavedView[] {
    const [lng, lat] = this.#units[0]!.lngLat;
    return ['?v=15', '?v=16'].map((zoom, position) => ({
      id: idOf(20_000_000 + position),
      stationId: this.#stationId,
      name: `视图${position}`,
      query: `${zoom}/${lat.toFixed(4)}/${lng.toFixed(4)}`,
      isShared: true,
      position,
      isOnTour: true,
      seconds: 5,
      version: 1,
    }));
  }
}

const idOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** The hub tells the time by Date.now(): for the length of one call that is the wall's. */
function atTime(ms: number, work: () => void): void {
  const now = Date.now;
  Date.now = () => ms;
  try {
    work();
  } finally {
    Date.now = now;
  }
}
