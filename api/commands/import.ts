// npm run import -- NOUN FILE …: finds the noun's import, opens the database beside a running server or alone, runs it.
import { importOsm } from '../basemap/import-osm.ts';
import type { Database } from '../database/database.ts';
import { openCommandDatabase } from '../database/open.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { OperatorError, readEnvironment } from '../environment.ts';
import { importGrids } from '../grids/import-grids.ts';
import { createFileImport } from '../imports/import-file.ts';
import { importIncidents } from '../incidents/import-incidents.ts';
import { importSentinels } from '../sentinels/import-sentinels.ts';
import { importUnits } from '../units/import-units.ts';

/** What the terminal can import. `run` gets the arguments after the noun and prints through `say`. */
export interface ImportCommand {
  /** Its arguments, for the usage text. */
  usage: string;
  run(context: { database: Database; args: readonly string[]; say(line: string): void }): Promise<void>;
}

const importsByNoun: Record<string, ImportCommand> = {
  osm: importOsm,
  incidents: createFileImport('incidents', importIncidents),
  grids: createFileImport('grids', importGrids),
  sentinels: createFileImport('sentinels', importSentinels),
  units: createFileImport('units', importUnits),
};

const usage = () =>
  ['Usage:', ...Object.entries(importsByNoun).map(([noun, { usage }]) => `  npm run import -- ${noun} ${usage}`)].join(
    '\n',
  );

try {
  const [noun = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(importsByNoun, noun) ? importsByNoun[noun] : undefined;
  if (!command) throw new OperatorError(noun ? `There is no import of ${JSON.stringify(noun)}.\n${usage()}` : usage());
  const { database, close, died } = await openCommandDatabase(readEnvironment(process.env, []));
  try {
    const say = (line: string) => void process.stdout.write(`${line}\n`);
    await Promise.race([command.run({ database, args, say }).then(() => refreshStatistics(database)), died]);
  } finally {
    await close();
  }
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
