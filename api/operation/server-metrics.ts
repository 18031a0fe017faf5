import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Dependencies } from '../app.ts';
import { writeValue } from './metrics.ts';

/** One for the process, however many apps a test makes of it. Values in nanoseconds; begun anew with each reading. */
const loopDelay = monitorEventLoopDelay({ resolution: 10 });
loopDelay.enable();
const startedAtS = Date.now() / 1000 - process.uptime();

type Needs = Pick<Dependencies, 'live' | 'ingest' | 'database' | 'sessions' | 'postgisVersion'>;

/** What the process, the live path, ingest and the database are doing now, in Prometheus' text format. */
export function writeServerMetrics({ live, ingest, database, sessions, postgisVersion }: Needs): string {
  const stats = live.stats();
  const { idle, busy, waiting } = database.connections();
  const { user, system } = process.cpuUsage();
  const delayS = (quantile: number) => loopDelay.percentile(quantile) / 1e9;
  const text = [
    writeValue('shaodian_info', 'What runs.', 'gauge', [
      [{ engine: database.engine, postgis: postgisVersion, node: process.version }, 1],
    ]),
    writeValue('process_resident_memory_bytes', 'Resident memory.', 'gauge', process.memoryUsage.rss()),
    writeValue('process_cpu_seconds_total', 'User and system CPU time.', 'counter', (user + system) / 1e6),
    writeValue('process_start_time_seconds', 'Unix time of the start.', 'gauge', startedAtS),
    writeValue('shaodian_event_loop_delay_seconds', 'Delay of the event loop since the last reading.', 'gauge', [
      [{ quantile: '0.5' }, delayS(50)],
      [{ quantile: '0.99' }, delayS(99)],
      [{ quantile: '1' }, loopDelay.max / 1e9],
    ]),
    writeValue('shaodian_live_viewers', 'Open live sockets.', 'gauge', stats.viewers),
    writeValue('shaodian_live_stations', 'Stations with live units.', 'gauge', stats.stations),
    writeValue('shaodian_live_units', 'Units on the live map.', 'gauge', stats.units),
    writeValue('shaodian_live_ticks_total', 'Ticks since the start.', 'counter', stats.tick),
    writeValue('shaodian_live_bytes_total', 'Bytes written to viewers.', 'counter', stats.bytes),
    writeValue('shaodian_live_resets_total', 'Snapshots sent anew to viewers.', 'counter', stats.resets),
    writeValue(
      'shaodian_live_resumed_total',
      'Viewers that came back and got what they missed.',
      'counter',
      stats.resumed,
    ),
    writeValue('shaodian_live_skipped_ticks_total', 'Ticks not sent to slow viewers.', 'counter', stats.skippedTicks),
    writeValue('shaodian_ingest_pending_fixes', 'Fixes taken in and not answered yet.', 'gauge', ingest.pending),
    writeValue('shaodian_database_connections', 'Connections of the pool.', 'gauge', [
      [{ state: 'idle' }, idle],
      [{ state: 'busy' }, busy],
    ]),
    writeValue('shaodian_database_waiting', 'Requests that wait for a connection.', 'gauge', waiting),
    writeValue('shaodian_sessions_active', 'Sessions used in the last minute.', 'gauge', sessions.activeCount()),
  ].join('');
  loopDelay.reset();
  return text;
}
