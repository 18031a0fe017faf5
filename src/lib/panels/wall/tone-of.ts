import type { FeedEntry } from '$lib/state/feed.ts';

/** How an entry of the feed is marked; what is over or routine is not. */
export function toneOf(entry: FeedEntry): 'danger' | 'warn' | 'incident' | 'plain' {
  switch (entry.kind) {
    case 'incident':
      return 'incident';
    case 'alert':
      if (entry.isOver) return 'plain';
      return entry.alert.severity === 'critical' ? 'danger' : entry.alert.severity === 'warning' ? 'warn' : 'plain';
    case 'dispatch':
      return entry.step === 'declined' ? 'warn' : 'plain';
    case 'shift':
      return 'plain';
  }
}
