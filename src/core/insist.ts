import { AppError } from "./errors.ts";
import type { Clock } from "./ports/clock.ts";

/** Between the tries; all of it is well within what is left of a lease. */
const PAUSES_MS = [250, 1_000, 3_000, 8_000, 15_000];

/**
 * Writes down what has happened outside already: a task that costs, a message that stands there. A store that cannot
 * be reached for a moment would make us forget it, so the write is tried again; its compare-and-set makes that safe.
 */
export async function insist<Result>(
  clock: Pick<Clock, "sleep">,
  write: () => Promise<Result>,
): Promise<Result> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AppError && error.code === "STORE_UNAVAILABLE")) throw error;
      await clock.sleep(pauseMs);
    }
  }
  return write();
}
