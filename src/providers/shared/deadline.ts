import type { Clock } from "../../core/ports/clock.ts";

/** What an aborted signal stands for, as an error. */
export function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}

/**
 * Runs `work` with a signal that ends after `delayMs` (with `late`) or with `outer`. Rejects as soon as it
 * ends, even where the work does not listen, and leaves no timer behind. Work whose signal has ended before it
 * begins is never begun.
 */
export async function withDeadline<Result>(
  clock: Clock,
  limit: { readonly delayMs: number; readonly late: Error; readonly outer?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (limit.outer?.aborted) throw abortError(limit.outer);
  const done = new AbortController();
  const alarm = new AbortController();
  void clock.sleep(limit.delayMs, done.signal).then(() => {
    if (!done.signal.aborted) alarm.abort(limit.late);
  });
  const signal = limit.outer ? AbortSignal.any([limit.outer, alarm.signal]) : alarm.signal;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const onAbort = (): void => ended.reject(abortError(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(signal), ended.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    done.abort();
  }
}
