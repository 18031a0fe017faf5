import type { LngLat } from '$api/positions/contract.ts';

/** Where the map looks. `bearingDeg` is clockwise from north, 0 when north is up. */
export interface View {
  lngLat: LngLat;
  zoom: number;
  bearingDeg: number;
}

/** What can be switched on and off, in the order of the legend. */
export const layerNames = ['grids', 'sentinels', 'incidents', 'units', 'trails', 'labels'] as const;
export type LayerName = (typeof layerNames)[number];

/** What is open in the inspector; `sentinels` are points that no zoom can tell apart. */
export type Selection =
  | { kind: 'none' }
  | { kind: 'unit'; id: string }
  | { kind: 'sentinel'; id: string }
  | { kind: 'grid'; id: string }
  /** The station's own number: columns have no ids. */
  | { kind: 'incident'; number: number }
  | { kind: 'sentinels'; ids: readonly string[] };

/** What a person would want to share or reload. Undefined: the URL does not say. */
export interface ScreenUrl {
  view: View | undefined;
  layers: ReadonlySet<LayerName> | undefined;
  selection: Selection;
  stationId: string | undefined;
}

/** As many as fit into an address that every mail program keeps whole. */
const maxSelectedSentinels = 40;
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address; a part that makes no sense is as if it were missing, so that an old link still opens. */
export function parseScreenUrl(params: URLSearchParams): ScreenUrl {
  return {
    view: parseView(params.get('v')),
    layers: parseLayers(params.get('layers')),
    selection: parseSelection(params.get('sel')),
    stationId: uuidOf(params.get('station')),
  };
}

/** Writes the parts into a copy of `params`; foreign parameters stay, parts that are undefined or at rest are removed. */
export function formatScreenUrl(screen: ScreenUrl, params = new URLSearchParams()): URLSearchParams {
  const out = new URLSearchParams(params);
  const parts: Record<string, string | undefined> = {
    station: screen.stationId,
    v: screen.view && formatView(screen.view),
    layers: screen.layers && formatLayers(screen.layers),
    sel: formatSelection(screen.selection),
  };
  for (const [name, text] of Object.entries(parts)) {
    if (text === undefined) out.delete(name);
    else out.set(name, text);
  }
  return out;
}

/** The address's query with `/`, `,` and `:` left readable: all three may stand in a query (RFC 3986, 3.4). */
export function formatQuery(params: URLSearchParams): string {
  const text = params.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

function parseView(text: string | null): View | undefined {
  if (!text) return undefined;
  const [zoom, lat, lng, bearingDeg = 0, ...rest] = text.split('/').map(Number);
  if (zoom === undefined || lat === undefined || lng === undefined || rest.length > 0) return undefined;
  if (![zoom, lat, lng, bearingDeg].every(Number.isFinite)) return undefined;
  if (zoom < 0 || zoom > 24 || Math.abs(lat) > 85.06 || Math.abs(lng) > 180) return undefined;
  return { lngLat: [lng, lat], zoom, bearingDeg: ((bearingDeg % 360) + 360) % 360 };
}

/** Five decimals are a metre, two of zoom are half a percent: more would be noise in a shared link. */
function formatView({ lngLat: [lng, lat], zoom, bearingDeg }: View): string {
  const parts = [trim(zoom, 2), trim(lat, 5), trim(lng, 5)];
  const bearing = trim(bearingDeg, 1);
  return (bearing === '0' ? parts : [...parts, bearing]).join('/');
}

/** Adding 0 turns -0 into 0. */
const trim = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)) + 0);

function parseLayers(text: string | null): ReadonlySet<LayerName> | undefined {
  if (text === null || text === '') return undefined;
  if (text === 'none') return new Set();
  const known = layerNames.filter((name) => text.split(',').includes(name));
  return known.length === 0 ? undefined : new Set(known);
}

function formatLayers(layers: ReadonlySet<LayerName>): string | undefined {
  if (layers.size === layerNames.length) return undefined;
  return layerNames.filter((name) => layers.has(name)).join(',') || 'none';
}

function parseSelection(text: string | null): Selection {
  const [kind, ids = ''] = text?.split(':') ?? [];
  if (kind === 'sentinels') {
    const known = ids.split(',').filter((id) => uuidPattern.test(id));
    return known.length === 0 ? { kind: 'none' } : { kind, ids: known.slice(0, maxSelectedSentinels) };
  }
  if (kind === 'incident' && /^[1-9]\d{0,9}$/.test(ids)) return { kind, number: Number(ids) };
  const id = uuidOf(ids);
  if (id !== undefined && (kind === 'unit' || kind === 'sentinel' || kind === 'grid')) return { kind, id };
  return { kind: 'none' };
}

function formatSelection(selection: Selection): string | undefined {
  if (selection.kind === 'none') return undefined;
  if (selection.kind === 'sentinels') return `sentinels:${selection.ids.slice(0, maxSelectedSentinels).join(',')}`;
  return `${selection.kind}:${selection.kind === 'incident' ? selection.number : selection.id}`;
}

const uuidOf = (text: string | null): string | undefined => (text && uuidPattern.test(text) ? text : undefined);
