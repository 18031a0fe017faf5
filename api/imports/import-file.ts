import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ImportCommand } from '../commands/import.ts';
import { createProgress } from '../commands/progress.ts';
import type { Database } from '../database/database.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { findOrMakeStation, isTimeZone } from '../stations/find-or-make-station.ts';
import { findStations } from '../stations/queries.ts';
import { readCoordinateSystem } from './convert-coordinates.ts';
import type { RunImport } from './import-request.ts';
import { readMapOption } from './map-columns.ts';
import type { ImportNoun } from './queries.ts';
import { readSource } from './read-source.ts';
import type { DateOrder } from './read-time.ts';
import { reportImport } from './report-import.ts';

const defaultTimeZone = 'Asia/Shanghai';

const options =
  '--station "…" [--time-zone Asia/Shanghai] [--crs wgs84|cgcs2000|gcj02|bd09] [--map column=field,…] [--date-order mdy|dmy]';

/** The command that brings a file of this noun into a station, made where it is missing. Rows that are bad are listed. */
export function createFileImport(noun: ImportNoun, run: RunImport): ImportCommand {
  const usage = `FILE.${noun === 'incidents' ? 'csv' : 'geojson|csv'} ${options}`;
  return {
    usage,
    async run({ database, args, say }) {
      const asked = readArguments(args, `Usage: npm run import -- ${noun} ${usage}`);
      const startedAtMs = Date.now();
      const { dataDir } = readEnvironment(process.env, []);
      const source = await readSource(asked.path);
      const station = await openStation(database, asked, say);
      const progress = createProgress(`importing ${basename(asked.path)}`);
      try {
        const outcome = await run({
          database,
          ...station,
          fileName: basename(asked.path),
          source,
          crs: asked.crs,
          ...(asked.dateOrder && { dateOrder: asked.dateOrder }),
          columnsTold: asked.columnsTold,
          secretsDir: join(dataDir, 'imports'),
          onProgress: (done, total) => progress.update(done / total),
        });
        progress.end();
        reportImport({ noun, path: asked.path, source, dataDir, tookMs: Date.now() - startedAtMs }, outcome, say);
        if (outcome.added + outcome.changed + outcome.unchanged === 0)
          throw new OperatorError(`Nothing was imported: no row of ${basename(asked.path)} could be taken.`);
      } finally {
        progress.end();
      }
    },
  };
}

type Asked = ReturnType<typeof readArguments>;

function readArguments(args: readonly string[], usage: string) {
  const { values, positionals } = parse(args, usage);
  const [path, ...rest] = positionals;
  if (!path || rest.length > 0 || !values.station?.trim()) throw new OperatorError(usage);
  const timeZone = values['time-zone'];
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new OperatorError(`--time-zone is ${JSON.stringify(timeZone)}; one looks like Asia/Shanghai.`);
  const dateOrder = values['date-order'];
  if (dateOrder !== undefined && dateOrder !== 'mdy' && dateOrder !== 'dmy')
    throw new OperatorError(`--date-order is ${JSON.stringify(dateOrder)}; it must be mdy or dmy.`);
  return {
    path,
    stationName: values.station,
    timeZone,
    dateOrder: dateOrder as DateOrder | undefined,
    crs: readCoordinateSystem(values.crs),
    columnsTold: readMapOption(values.map),
  };
}

function parse(args: readonly string[], usage: string) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        station: { type: 'string' },
        'time-zone': { type: 'string' },
        crs: { type: 'string' },
        map: { type: 'string' },
        'date-order': { type: 'string' },
      },
    });
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${usage}`);
  }
}

/** The station and the zone in which the file's times are read. */
async function openStation(database: Database, { stationName, timeZone }: Asked, say: (line: string) => void) {
  const { stationId, isNew } = await findOrMakeStation(database, stationName, {
    timeZone: timeZone ?? defaultTimeZone,
  });
  if (isNew) {
    say(
      `Made station ${stationName} with time zone ${timeZone ?? defaultTimeZone}${timeZone ? '' : ' (another one: --time-zone)'}.`,
    );
    return { stationId, timeZone: timeZone ?? defaultTimeZone };
  }
  const [station] = await database.inScope([stationId], (transaction) => findStations(transaction, [stationId]));
  const own = station?.timeZone ?? defaultTimeZone;
  if (timeZone !== undefined && timeZone !== own)
    say(`Times of this file are read in ${timeZone}; the station keeps ${own}.`);
  return { stationId, timeZone: timeZone ?? own };
}
