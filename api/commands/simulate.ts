// npm run simulate: moves simulated units and posts their fixes to a running server like any device.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OperatorError } from '../environment.ts';
import { deviceName, unitCount } from '../stations/demo/patrol-units.ts';
import { runSimulator, type SimulatorCounts, type SimulatorOptions } from '../stations/demo/run-simulator.ts';

const usage = `npm run simulate -- [options]
  --url URL         server (http://localhost:3000)
  --units N         how many units (63)
  --rate R          fixes per unit and second (1)
  --seed N          another seed, other ways (1)
  --tokens FILE     lines of "device token", as npm start -- --demo-on-network prints them;
                    without it the devices demo-01 … are their own credentials
  --gateway TOKEN   report for all units as a gateway, in batches
  --batch N         fixes per report of the gateway (500)
  --prefix TEXT     of the gateway's devices (demo-)`;

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await simulate(options);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function simulate(options: Pick<SimulatorOptions, 'url' | 'credentials' | 'rate' | 'seed'>): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const count = 'count' in options.credentials ? options.credentials.count : options.credentials.length;
  say(`Simulating ${count} units at ${options.rate} fixes/s each against ${options.url}. Ctrl-C ends it.`);
  let seconds = 0;
  const counts = await runSimulator({
    ...options,
    signal: stop.signal,
    onMessage: say,
    onCounts: (soFar) => {
      if (++seconds % 10 === 0) say(describe(soFar));
    },
  });
  say(describe(counts));
}

/** A declaration: the command above runs before a constant of this line would be there. */
function describe(counts: SimulatorCounts): string {
  return Object.entries(counts)
    .filter(([name, count]) => count > 0 || name === 'accepted')
    .map(([name, count]) => `${name} ${count}`)
    .join(' · ');
}

function readOptions(args: string[]): Pick<SimulatorOptions, 'url' | 'credentials' | 'rate' | 'seed'> | undefined {
  const text = { type: 'string' } as const;
  const options = {
    url: text,
    units: text,
    rate: text,
    seed: text,
    tokens: text,
    gateway: text,
    batch: text,
    prefix: text,
    help: { type: 'boolean' },
  } as const;
  let values;
  try {
    values = parseArgs({ args, options }).values;
  } catch (error) {
    throw new OperatorError(`${(error as Error).message}\n${usage}`);
  }
  if (values.help) {
    say(usage);
    return undefined;
  }
  const count = readNumber('--units', values.units, unitCount, 1, 100_000, true);
  const url = values.url ?? 'http://localhost:3000';
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new OperatorError(`--url is ${url}; it must look like http://localhost:3000.`);
  const common = {
    url,
    rate: readNumber('--rate', values.rate, 1, 0.001, 50, false),
    seed: readNumber('--seed', values.seed, 1, 0, 2 ** 31, true),
  };
  if (values.gateway === undefined)
    return { ...common, credentials: readTokens(values.tokens, count, values.units !== undefined) };
  const batch = readNumber('--batch', values.batch, 500, 1, 1000, true);
  return { ...common, credentials: { gatewayToken: values.gateway, count, batch, prefix: values.prefix ?? 'demo-' } };
}

function readTokens(path: string | undefined, count: number, isLimited: boolean) {
  if (path === undefined)
    return Array.from({ length: count }, (_, i) => ({ device: deviceName(i + 1), token: deviceName(i + 1) }));
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    throw new OperatorError(`--tokens ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const pairs = lines.map((line) => line.trim().split(/\s+/)).filter(([device]) => device);
  const bad = pairs.findIndex((pair) => pair.length !== 2);
  if (bad >= 0)
    throw new OperatorError(
      `--tokens ${path} has ${JSON.stringify(pairs[bad]?.join(' '))}; each line must be a device and its token.`,
    );
  return pairs.slice(0, isLimited ? count : undefined).map(([device = '', token = '']) => ({ device, token }));
}

function readNumber(
  option: string,
  given: string | undefined,
  fallback: number,
  min: number,
  max: number,
  isWhole: boolean,
): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (given.trim() === '' || !(value >= min && value <= max) || (isWhole && !Number.isInteger(value)))
    throw new OperatorError(
      `${option} is ${JSON.stringify(given)}; it must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`,
    );
  return value;
}
