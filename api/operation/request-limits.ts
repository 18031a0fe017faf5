import type { MiddlewareHandler } from 'hono';
import type { ViewerOf } from '../accounts/viewer-of.ts';
import { Problem } from '../errors.ts';
import type { Credential } from '../units/registry.ts';
import {
  addressOver,
  clientAddressOf,
  isForwarded,
  networkOf,
  saysForwarded,
  type Connection,
} from './client-address.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Requests a second per client address, account and device; 0: no limit. */
export interface RequestRates {
  perAddress: number;
  perAccount: number;
  perDevice: number;
}

/** At once after a rest: a page with its tiles, or what a phone kept while it had no signal. */
const burstSeconds = 20;

export type LimitedBy = 'address' | 'account' | 'device';

/** Who asks too much is told when to come again; nobody is locked out, and nobody can be by another. */
export interface RequestLimits {
  /**
   * By address, for everything under /api. Reports of devices are counted by device instead, because a whole station may
   * stand behind one address; only those that are refused count here, so that credentials cannot be guessed quickly.
   */
  byAddress: MiddlewareHandler;
  /** `viewerOf` that counts each request of an account once. */
  byAccount(viewerOf: ViewerOf): ViewerOf;
  /** @throws {Problem} 429. A gateway speaks for a whole station and is not counted. */
  byDevice(credential: Credential): void;
  /**
   * `byAddress` and `byDevice` for a report that is answered before the app sees it. false: nothing was counted, and the
   * app has to refuse it.
   */
  letsReport(connection: Connection, credential: Credential): boolean;
  /** `byAddress` and `byAccount` for what is answered before the app sees it. false: nothing was counted. */
  letsRead(connection: Connection, accountId: string): boolean;
}

/** @param onLimited told of each request that was refused */
export function createRequestLimits(rates: RequestRates, onLimited: (by: LimitedBy) => void): RequestLimits {
  const bucketsOf = (perSecond: number) => new TokenBuckets({ perSecond, burst: perSecond * burstSeconds });
  const addresses = bucketsOf(rates.perAddress);
  const accounts = bucketsOf(rates.perAccount);
  const devices = bucketsOf(rates.perDevice);
  const counted = new WeakSet<Request>();

  function refuse(by: LimitedBy, retryAfterS: number): never {
    onLimited(by);
    throw new Problem(429, 'too-many-requests', 'Too many requests', {
      detail: `This ${by} asks faster than it may. Come again after the time in Retry-After.`,
      retryAfterS,
    });
  }

  return {
    async byAddress(context, next) {
      const request = context.req.raw;
      const address = clientAddressOf(request);
      // What runs on this machine is its operator's: imports, replay, the simulator, benchmarks.
      if (isLoopback(address) && !isForwarded(request)) return next();
      const key = networkOf(address);
      const isReport = reportPaths.has(context.req.path);
      const waitS = isReport ? addresses.waitOf(key, Date.now()) : addresses.take(key, Date.now());
      if (waitS > 0) refuse('address', waitS);
      await next();
      if (isReport && [400, 401, 413].includes(context.res.status)) addresses.charge(key, Date.now());
    },
    byAccount: (viewerOf) => async (request) => {
      const viewer = await viewerOf(request);
      if (counted.has(request)) return viewer;
      counted.add(request);
      const waitS = accounts.take(viewer.accountId, Date.now());
      return waitS > 0 ? refuse('account', waitS) : viewer;
    },
    byDevice(credential) {
      if (credential.kind === 'gateway') return;
      const waitS = devices.take(String(credential.deviceNumber), Date.now());
      if (waitS > 0) refuse('device', waitS);
    },
    letsReport(connection, credential) {
      const network = countedNetworkOf(connection);
      if (network !== undefined && addresses.waitOf(network, Date.now()) > 0) return false;
      return credential.kind === 'gateway' || devices.take(String(credential.deviceNumber), Date.now()) === 0;
    },
    letsRead(connection, accountId) {
      const network = countedNetworkOf(connection);
      const nowMs = Date.now();
      if (network !== undefined && addresses.waitOf(network, nowMs) > 0) return false;
      if (accounts.take(accountId, nowMs) > 0) return false;
      if (network !== undefined) addresses.charge(network, nowMs);
      return true;
    },
  };
}

const reportPaths = new Set(['/api/positions', '/api/osmand']);

/** undefined: of this machine, as in `byAddress`. */
function countedNetworkOf(connection: Connection): string | undefined {
  const address = addressOver(connection);
  return isLoopback(address) && !saysForwarded(connection.incoming.headers) ? undefined : networkOf(address);
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
