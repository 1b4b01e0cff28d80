import type { Clock } from "../../src/core/ports/clock.ts";

/**
 * A clock that jumps to the next moment somebody sleeps for, as soon as nothing else is left to do in this process.
 * Hours of waiting take seconds, and two runs meet the same moments. Work on threads and sockets is not seen: what is
 * measured with it must not have any.
 */
export interface VirtualClock extends Clock {
  /** Goes on until `isOver`; throws when nobody sleeps and it is not over. */
  runUntil(isOver: () => boolean): Promise<void>;
}

/** Turns of the event loop in which nothing new began to sleep: commits take one or two each. */
const QUIET_TURNS = 12;

export function createVirtualClock(startsAt: number): VirtualClock {
  let now = startsAt;
  let changes = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  async function settle(): Promise<void> {
    for (let quiet = 0, seen = changes; quiet < QUIET_TURNS; quiet += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (seen !== changes) quiet = 0;
      seen = changes;
    }
  }

  return {
    now: () => now,
    monotonicMs: () => now - startsAt,
    sleep(delayMs, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise<void>((resolve) => {
        changes += 1;
        const wake = (): void => {
          changes += 1;
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        // Whole milliseconds, as the real clock gives them.
        const sleeper = { at: now + Math.ceil(Math.max(0, delayMs)), wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
      });
    },
    async runUntil(isOver) {
      for (;;) {
        await settle();
        if (isOver()) return;
        let next = Number.POSITIVE_INFINITY;
        for (const { at } of sleepers) next = Math.min(next, at);
        if (next === Number.POSITIVE_INFINITY) throw new Error("nobody sleeps, and it is not over");
        now = next;
        for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake();
      }
    },
  };
}
