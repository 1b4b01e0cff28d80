import type { AskResult } from "../../core/generation/ask.ts";

/** Keys remembered; the database remembers all of them, this only knows what they started. */
const REMEMBERED = 1_000;

/** Runs a request once a key, so that a double click or a repeat after a lost answer gets the first one's answer. */
export function createOnce() {
  const started = new Map<string, Promise<AskResult>>();
  return async (
    key: string,
    request: () => Promise<AskResult>,
  ): Promise<{ readonly result: AskResult; readonly isFirst: boolean }> => {
    const known = started.get(key);
    if (known) return { result: await known, isFirst: false };
    const running = request();
    started.set(key, running);
    if (started.size > REMEMBERED) started.delete(started.keys().next().value ?? "");
    try {
      const result = await running;
      // Nothing was started, so the same key may ask again (after a grant, with a longer prompt).
      if (result.status !== "started") started.delete(key);
      return { result, isFirst: true };
    } catch (error) {
      started.delete(key);
      throw error;
    }
  };
}
