import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { probeDatabase } from './queries.ts';

/** `GET /health`: 200 with what runs, or 503 with what is wrong. Never cached, no secrets. */
export function createHealthRoutes({
  database,
  postgisVersion,
  warnings,
  ingest,
}: Pick<Dependencies, 'database' | 'postgisVersion' | 'warnings' | 'ingest'>) {
  const startedAt = new Date().toISOString();
  return new Hono().get('/health', async (context) => {
    context.header('Cache-Control', 'no-store');
    const engine = database.engine;
    const durability =
      engine === 'embedded' ? 'survives a killed process, not a power cut' : 'as PostgreSQL is configured';
    try {
      await answerWithin(3000, probeDatabase(database));
      if (ingest.trouble !== undefined) throw new Error(`reports cannot be stored: ${ingest.trouble}`);
    } catch (error) {
      return context.json(
        {
          status: 'unavailable',
          problem: `The database does not work: ${error instanceof Error ? error.message : String(error)}`,
          database: { engine, postgis: postgisVersion, durability },
          startedAt,
        },
        503,
      );
    }
    return context.json({
      status: 'ok',
      database: { engine, postgis: postgisVersion, durability },
      warnings,
      startedAt,
      memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
    });
  });
}

function answerWithin<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
