/**
 * At most `count` events in any window of `perMs`: the moments of the last events, nothing else. Exact at the edges,
 * unlike a bucket that refills, which lets through twice its count around a refill.
 */
export interface Window {
  /** How many may happen now. */
  free(now: number): number;
  take(now: number): void;
  /** When the next may happen: `now` itself, or later. */
  nextAt(now: number): number;
  /** Nothing happened within the window: it may be forgotten. */
  idle(now: number): boolean;
}

export function createWindow(limit: { readonly count: number; readonly perMs: number }): Window {
  let moments: number[] = [];
  const trim = (now: number): void => {
    const oldest = moments.findIndex((moment) => moment > now - limit.perMs);
    if (oldest !== 0) moments = oldest === -1 ? [] : moments.slice(oldest);
  };
  return {
    free(now) {
      trim(now);
      return Math.max(0, limit.count - moments.length);
    },
    take(now) {
      moments.push(now);
    },
    nextAt(now) {
      trim(now);
      const blocking = moments[moments.length - limit.count];
      return blocking === undefined ? now : blocking + limit.perMs + 1;
    },
    idle(now) {
      trim(now);
      return moments.length === 0;
    },
  };
}
