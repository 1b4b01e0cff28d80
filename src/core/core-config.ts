/** What the operator decides about the rules. */
export interface CoreConfig {
  readonly freeMonthlyLimit: number;
  /** Paid assets a day (UTC) of the whole instance; 0: no cap. */
  readonly dailyGenerationCap: number;
  /** Calls of the caption model a day (UTC): of one member, and of the whole instance; 0: no limit. */
  readonly captionDailyLimit: number;
  readonly captionDailyCap: number;
  readonly concurrentFree: number;
  readonly concurrentPro: number;
  readonly pollIntervalMs: number;
  readonly generationTimeoutMs: number;
  /** Owners, as identities (`discord:123`). */
  readonly adminIds: readonly string[];
}

/** An asset that was not submitted by then is given up and refunded. */
export const QUEUE_LIMIT_MS = 60 * 60_000;
export const MAXIMUM_ATTEMPTS = 3;
export const MAXIMUM_COUNT = 4;
