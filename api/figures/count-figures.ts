import { alertSeverities } from '../alerts/contract.ts';
import type { Transaction } from '../database/database.ts';
import { fewestTold } from '../incidents/contract.ts';
import { unitKinds } from '../positions/contract.ts';
import type { ComparisonSpans, Span } from './comparison-spans.ts';
import { reportingDays, type Figures } from './contract.ts';
import type { FigureScope } from './figure-scope.ts';
import * as queries from './queries.ts';

interface Wanted {
  stationId: string;
  timeZone: string;
  nowMs: number;
  spans: ComparisonSpans;
  scope: FigureScope;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Counts what the viewer sees of a station, in the caller's transaction. */
export async function countFigures(transaction: Transaction, wanted: Wanted): Promise<Figures> {
  const { stationId, timeZone, nowMs, scope } = wanted;
  const minute = Math.floor(nowMs / minuteMs) * minuteMs;
  const since = new Date(minute - reportingDays * dayMs);
  return {
    stationId,
    at: new Date(minute).toISOString(),
    timeZone,
    strength: scope.strength ? await countStrength(transaction, stationId) : null,
    incidents: scope.incidents === 'none' ? null : await compareIncidents(transaction, wanted),
    sentinels: scope.sentinels ? await queries.countReporting(transaction, stationId, since) : null,
    alerts: scope.alerts ? await countAlerts(transaction, stationId) : null,
    dispatches: scope.dispatches ? await queries.countRunningDispatches(transaction, stationId) : null,
  };
}

async function countStrength(transaction: Transaction, stationId: string): Promise<Figures['strength']> {
  const byKind = new Map((await queries.countStrength(transaction, stationId)).map((row) => [row.kind, row]));
  return unitKinds.flatMap((kind) => byKind.get(kind) ?? []);
}

async function countAlerts(transaction: Transaction, stationId: string): Promise<Figures['alerts']> {
  const found = new Map((await queries.countOpenAlerts(transaction, stationId)).map((row) => [row.severity, row]));
  const bySeverity = alertSeverities.map(
    (severity) => found.get(severity) ?? { severity, count: 0, unacknowledged: 0 },
  );
  const sumOf = (field: 'count' | 'unacknowledged'): number => bySeverity.reduce((sum, row) => sum + row[field], 0);
  return { open: sumOf('count'), unacknowledged: sumOf('unacknowledged'), bySeverity };
}

async function compareIncidents(transaction: Transaction, wanted: Wanted): Promise<Figures['incidents']> {
  const isExact = wanted.scope.incidents === 'exact';
  const spans = isExact ? wanted.spans : wholeHours(wanted.spans);
  const counts = await queries.countIncidents(transaction, wanted.stationId, spans);
  const told = (count: number): number | null => (isExact || count === 0 || count >= fewestTold ? count : null);
  const written = ({ from, to }: Span, count: number) => ({
    from: from.toISOString(),
    to: to.toISOString(),
    count: told(count),
  });
  const compared = (span: Span, count: number) => ({
    ...written(span, count),
    changePct: changePct(told(counts.today), told(count)),
  });
  return {
    today: written(spans.today, counts.today),
    lastWeek: compared(spans.lastWeek, counts.lastWeek),
    lastYear: compared(spans.lastYear, counts.lastYear),
    open: isExact ? await queries.countOpenIncidents(transaction, wanted.stationId) : null,
  };
}

/** In percent; null: more than nothing has no percentage, and what is not told cannot be compared. */
export function changePct(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return Math.round(((now - before) / before) * 1000) / 10;
}

/** Up to the last full hour, as everything that is told coarsely: watching the counts must not tell a minute. */
function wholeHours(spans: ComparisonSpans): ComparisonSpans {
  const end = ({ from, to }: Span): Span => ({
    from,
    to: new Date(Math.max(from.getTime(), Math.floor(to.getTime() / hourMs) * hourMs)),
  });
  return { today: end(spans.today), lastWeek: end(spans.lastWeek), lastYear: end(spans.lastYear) };
}
