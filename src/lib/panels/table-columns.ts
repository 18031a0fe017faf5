import type { LngLat } from '$api/positions/contract.ts';
import {
  formatAge,
  formatLength,
  formatLngLat,
  formatMoment,
  formatNumber,
  formatPercent,
  formatSpeed,
} from '$lib/i18n/format.ts';
import type { LanguageState } from '$lib/i18n/language-state.svelte.ts';
import type { GridFeature, SentinelFeature } from '$lib/state/base-data-state.svelte.ts';
import type { IncidentRow } from '$lib/state/incident-columns.ts';
import type { UnitNow } from '$lib/state/unit-state.svelte.ts';
import { sayCategory } from './say-category.ts';
import type { Column } from '$lib/ui/sort-rows.ts';

type Words = Pick<LanguageState, 't' | 'locale'>;
const none = '—';
const said = <T>(value: T | null | undefined, write: (value: T) => string): string =>
  value === null || value === undefined ? none : write(value);

export function unitColumns({ t, locale }: Words, timeZone: string, nowMs: number): Column<UnitNow>[] {
  const stateOf = (unit: UnitNow): string =>
    unit.dutyState === 'off' ? t('unit.duty.off') : unit.stale ? t('unit.stale') : t('unit.duty.on');
  return [
    { id: 'callSign', label: t('unit.callSign'), text: ({ callSign }) => callSign },
    { id: 'kind', label: t('unit.kind'), text: ({ kind }) => t(`unit.kind.${kind}`) },
    { id: 'duty', label: t('unit.duty'), text: stateOf, drawn: true },
    {
      id: 'age',
      label: t('unit.age'),
      numeric: true,
      text: ({ ageS }) => said(ageS, (age) => t('unit.ago', { age: formatAge(locale, age) })),
      value: ({ ageS }) => ageS,
    },
    {
      id: 'at',
      label: t('unit.at'),
      numeric: true,
      text: ({ atMs }) => said(atMs, (at) => formatMoment(locale, timeZone, at, nowMs)),
      value: ({ atMs }) => atMs,
    },
    {
      id: 'speed',
      label: t('unit.speed'),
      numeric: true,
      text: ({ speedMps }) => said(speedMps, (speed) => formatSpeed(locale, speed)),
      value: ({ speedMps }) => speedMps ?? undefined,
    },
    {
      id: 'battery',
      label: t('unit.battery'),
      numeric: true,
      text: ({ batteryPct }) => said(batteryPct, (percent) => formatPercent(locale, percent)),
      value: ({ batteryPct }) => batteryPct ?? undefined,
    },
    {
      id: 'accuracy',
      label: t('unit.accuracy'),
      numeric: true,
      text: ({ accuracyM }) => said(accuracyM, (metres) => `± ${formatLength(locale, metres)}`),
      value: ({ accuracyM }) => accuracyM ?? undefined,
    },
    {
      id: 'crew',
      label: t('unit.crew'),
      text: ({ crew }) => crew.map(({ displayName }) => displayName).join(' ') || none,
    },
    { id: 'position', label: t('unit.position'), numeric: true, text: ({ lngLat }) => said(lngLat, formatLngLat) },
  ];
}

export function sentinelColumns({ t, locale }: Words): Column<SentinelFeature>[] {
  return [
    { id: 'name', label: t('sentinel.name'), text: ({ properties: { name } }) => name },
    { id: 'number', label: t('sentinel.number'), text: ({ properties: { number } }) => number },
    { id: 'kind', label: t('sentinel.kind'), text: ({ properties: { kind } }) => t(`sentinel.kind.${kind}`) },
    {
      id: 'members',
      label: t('sentinel.members'),
      numeric: true,
      text: ({ properties: { memberCount } }) => formatNumber(locale, memberCount),
      value: ({ properties: { memberCount } }) => memberCount,
    },
    { id: 'address', label: t('sentinel.address'), text: ({ properties: { address } }) => address ?? none },
    {
      id: 'position',
      label: t('unit.position'),
      numeric: true,
      text: ({ geometry: { coordinates } }) => formatLngLat(coordinates as LngLat),
    },
  ];
}

export function incidentColumns(
  { t, locale, current }: Words & Pick<LanguageState, 'current'>,
  timeZone: string,
  nowMs: number,
): Column<IncidentRow>[] {
  return [
    { id: 'category', label: t('incident.category'), text: ({ category }) => sayCategory(current, category) },
    {
      id: 'at',
      label: t('incident.time'),
      numeric: true,
      text: ({ atMs }) => formatMoment(locale, timeZone, atMs, nowMs).replace(/:\d\d$/, ''),
      value: ({ atMs }) => atMs,
    },
    { id: 'source', label: t('incidents.source'), text: ({ source }) => t(`incidents.source.${source}`) },
    {
      id: 'number',
      label: t('incident.number'),
      numeric: true,
      text: ({ number }) => formatNumber(locale, number),
      value: ({ number }) => number,
    },
    { id: 'position', label: t('unit.position'), numeric: true, text: ({ lngLat }) => formatLngLat(lngLat) },
  ];
}

/** `inside`: how many units are in a grid now. */
export function gridColumns({ t, locale }: Words, inside: ReadonlyMap<GridFeature, number>): Column<GridFeature>[] {
  return [
    { id: 'number', label: t('grid.number'), text: ({ properties: { number } }) => number },
    { id: 'name', label: t('grid.name'), text: ({ properties: { name } }) => name ?? none },
    { id: 'officer', label: t('grid.officer'), text: ({ properties: { officer } }) => officer ?? t('grid.noOfficer') },
    {
      id: 'units',
      label: t('table.unitsInside'),
      numeric: true,
      text: (grid) => formatNumber(locale, inside.get(grid) ?? 0),
      value: (grid) => inside.get(grid) ?? 0,
    },
  ];
}
