import { resolve } from 'node:path';
import { readSecret } from './operation/read-secret.ts';
import type { RequestRates } from './operation/request-limits.ts';
import { parseTrustProxy, type TrustProxy } from './operation/trust-proxy.ts';
import { OperatorError } from './operator-error.ts';

export { OperatorError };

/** What the operator set, parsed once. Times in milliseconds, sizes in bytes. */
export interface Environment {
  host: string;
  /** 0 lets the system pick a free port. */
  port: number;
  /** Absolute directory of the embedded database and of what the installation keeps. */
  dataDir: string;
  /** PostGIS to use instead of the embedded database. */
  databaseUrl: string | undefined;
  /** Make the demo station on the first start and simulate its units. */
  demo: boolean;
  /** Keep the demo's devices usable beyond loopback, with random credentials that are printed. */
  demoOnNetwork: boolean;
  /** Where the built front end lies. */
  buildDir: string;
  /** How far ahead of the server's clock a fix may be, ms. */
  maxClockSkewMs: number;
  /** How old a fix may be, ms. */
  retentionMs: number;
  tls: { certPath: string; keyPath: string } | undefined;
  /** Whose X-Forwarded-* is believed; by default nobody's. */
  trustProxy: TrustProxy;
  /** Bearer token of /api/metrics; without one it answers this machine only. */
  metricsToken: string | undefined;
  /** Encrypts second factors and the like in the database; without one the installation makes its own in DATA_DIR/secret.key. */
  secretKey: string | undefined;
  /** Requests a second in the long run; 0: no limit. */
  requestRates: RequestRates;
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '::1']);

export const isLoopback = (host: string): boolean => loopbackHosts.has(host);

/**
 * Reads flags and variables.
 * @throws {OperatorError} naming the variable, what it holds and what was expected.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv, args: readonly string[]): Environment {
  const flags = new Set(args);
  for (const flag of flags) {
    if (!['--no-demo', '--demo-on-network'].includes(flag))
      throw new OperatorError(`Unknown option ${flag}: npm start takes --no-demo and --demo-on-network.`);
  }
  // A demo for the network is meant for the phones in it.
  const host = variables['HOST'] || (flags.has('--demo-on-network') ? '0.0.0.0' : 'localhost');
  const certPath = variables['TLS_CERT'];
  const keyPath = variables['TLS_KEY'];
  if (!certPath !== !keyPath) throw new OperatorError('TLS_CERT and TLS_KEY go together: set both or neither.');
  const proxies = trustProxy(variables['TRUST_PROXY']);
  // Passwords and whereabouts do not go over a network in the clear; the demo has neither, only invented ones.
  if (!isLoopback(host) && !certPath && proxies.kind === 'none' && !flags.has('--demo-on-network')) {
    throw new OperatorError(
      `HOST is ${host}, which other machines can reach, and there is no TLS: set TLS_CERT and TLS_KEY (npm run certificate makes them), or TRUST_PROXY when a proxy before this server does TLS, or leave HOST unset.`,
    );
  }
  return {
    host,
    port: integer(variables, 'PORT', 3000, 0, 65_535),
    dataDir: resolve(variables['DATA_DIR'] || '.shaodian'),
    databaseUrl: databaseUrl(readSecret(variables, 'DATABASE_URL')),
    demo: !flags.has('--no-demo'),
    demoOnNetwork: flags.has('--demo-on-network'),
    buildDir: resolve(import.meta.dirname, '../build'),
    maxClockSkewMs: integer(variables, 'MAX_CLOCK_SKEW_SECONDS', 120, 0, 86_400) * 1000,
    retentionMs: integer(variables, 'FIX_RETENTION_DAYS', 183, 1, 3660) * 86_400_000,
    tls: certPath && keyPath ? { certPath, keyPath } : undefined,
    trustProxy: proxies,
    metricsToken: readSecret(variables, 'METRICS_TOKEN'),
    secretKey: readSecret(variables, 'SECRET_KEY'),
    requestRates: {
      perAddress: integer(variables, 'RATE_LIMIT_PER_ADDRESS', 200, 0, 1_000_000),
      perAccount: integer(variables, 'RATE_LIMIT_PER_ACCOUNT', 50, 0, 1_000_000),
      perDevice: integer(variables, 'RATE_LIMIT_PER_DEVICE', 50, 0, 1_000_000),
    },
  };
}

function trustProxy(text: string | undefined): TrustProxy {
  const trust = parseTrustProxy(text);
  if (trust) return trust;
  throw new OperatorError(
    `TRUST_PROXY is ${JSON.stringify(text)}; it must be how many proxies stand before this server (1), or their addresses and networks (127.0.0.1,10.0.0.0/8).`,
  );
}

function integer(variables: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  const text = variables[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new OperatorError(`${name} is ${JSON.stringify(text)}; it must be a whole number from ${min} to ${max}.`);
  return value;
}

function databaseUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new OperatorError('DATABASE_URL must look like postgres://user:password@host:5432/database.');
  return text;
}
