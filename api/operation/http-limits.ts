/** For node:http and node:https: who sends slowly or endlessly does not hold the server (slowloris). */
export const httpLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 15_000,
  /** A full report over a poor mobile line takes some ten seconds. */
  requestTimeout: 60_000,
  /** Longer than the minute in which phones report, so that their connection is still there for the next. */
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
} as const;
