import type { Clock } from "../../../src/core/ports/clock.ts";

/** A clock that stands still until a test moves it. */
export function createManualClock(start = Date.parse("2026-11-22T12:00:00Z")) {
  let now = start;
  let sleepers: { until: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        sleepers.push({ until: now + delayMs, wake: resolve });
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  return {
    ...clock,
    advance(delayMs: number): void {
      now += delayMs;
      const due = sleepers.filter((sleeper) => sleeper.until <= now);
      sleepers = sleepers.filter((sleeper) => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
    },
  };
}
