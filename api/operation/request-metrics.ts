import type { LimitedBy } from './request-limits.ts';
import { Counter, DurationHistogram, labelText } from './metrics.ts';
import { isQuarantined, outcomeName, reasonOf } from '../positions/outcome-codes.ts';

/** What is counted while requests are answered. */
export interface RequestMetrics {
  countRequest(method: string, route: string, status: number, seconds: number): void;
  countLimited(by: LimitedBy): void;
  /** Outcome codes of a report (api/positions/outcome-codes.ts). */
  countOutcomes(codes: Uint8Array): void;
  write(): string;
}

const boundsS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createRequestMetrics(): RequestMetrics {
  const requests = new Counter('shaodian_http_requests_total', 'Requests answered, by route pattern and status.');
  /** Methods, routes and statuses are few: their labels are put together once. */
  const keys = new Map<string, string>();
  const durations = new DurationHistogram(
    'shaodian_http_request_duration_seconds',
    'Time to the answer, by route pattern.',
    'route',
    boundsS,
  );
  const limited = new Counter('shaodian_http_limited_total', 'Requests answered 429, by what was counted.');
  const fixes = new Counter('shaodian_ingest_fixes_total', 'Fixes reported, by outcome and reason of quarantine.');
  return {
    countRequest(method, route, status, seconds) {
      const name = `${method} ${status} ${route}`;
      let key = keys.get(name);
      if (!key) keys.set(name, (key = labelText({ method, route, status: String(status) })));
      requests.addTo(key);
      durations.observe(route, seconds);
    },
    countLimited: (by) => limited.add({ by }),
    countOutcomes(codes) {
      // A report holds few different outcomes: one addition each.
      const counts = new Uint32Array(256);
      for (const code of codes) counts[code]! += 1;
      for (const [code, count] of counts.entries())
        if (count > 0)
          fixes.add(
            { outcome: isQuarantined(code) ? 'quarantined' : outcomeName(code), reason: reasonOf(code) ?? '' },
            count,
          );
    },
    write: () => [requests, durations, limited, fixes].map((one) => one.write()).join(''),
  };
}
