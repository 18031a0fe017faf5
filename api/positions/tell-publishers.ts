import type { LatestFix, LivePublisher } from './latest-fixes.ts';

/** One publisher that tells several, in this order. */
export const tellPublishers = (publishers: readonly LivePublisher[]): LivePublisher => ({
  publishFixes(fixes: readonly LatestFix[]) {
    for (const publisher of publishers) publisher.publishFixes(fixes);
  },
  publishRemoval(stationId: string, unitNumber: number) {
    for (const publisher of publishers) publisher.publishRemoval(stationId, unitNumber);
  },
});
