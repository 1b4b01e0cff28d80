/** The only source of time, so that months run in seconds in a test. */
export interface Clock {
  /** Milliseconds since 1970 (UTC). What is stored and compared with `dueAt`. */
  now(): number;
  /** Never goes back; for durations and time-outs only. */
  monotonicMs(): number;
  /** Resolves after `delayMs`, or as soon as the signal is aborted (it never rejects). */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
