import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../../src/core/ports/clock.ts";

/** The machine's own time, for suites that talk to real sockets. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: async (delayMs, signal) => {
    await delay(delayMs, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch(() => undefined);
  },
};
