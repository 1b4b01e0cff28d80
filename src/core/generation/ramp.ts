/**
 * When a task is looked at next, by its age: after 3 s up to 30 s, then every 8 s up to 2 min, then every
 * `pollIntervalMs`; no step is ever longer than that. Source: KIE's advice for its jobs API, read 2026-11.
 */
export function nextLookAfterMs(ageMs: number, pollIntervalMs: number): number {
  const step = ageMs < 30_000 ? 3_000 : ageMs < 120_000 ? 8_000 : pollIntervalMs;
  return Math.min(step, pollIntervalMs);
}

/**
 * Which look matters most where a budget is short: the task that should be done since longest and was not looked at
 * since longest. Lower goes first. A task that is not expected to be done yet ranks behind all that are.
 */
export function rankAt(dueAt: number, acceptedAt: number, typicalMs: number): number {
  return Math.max(dueAt, Math.round(acceptedAt + typicalMs * 0.8));
}

/**
 * Milliseconds before attempt `n + 1` after attempt `n` failed for certain: 2, 4, 6 s, half fixed, half drawn, so
 * that a provider that comes back is not met by everybody at once. A longer `retryAfterMs` wins. Whole numbers: moments are stored.
 */
export function retryDelayMs(n: number, random: () => number, retryAfterMs = 0): number {
  const full = 2_000 * n;
  return Math.ceil(Math.max(retryAfterMs, full / 2 + (full / 2) * random()));
}

/** Backoff of reads, fetches and sends: 5 s times 2^(n-1), at most 15 min, a quarter of it drawn. */
export function backoffMs(n: number, random: () => number, retryAfterMs = 0): number {
  const full = Math.min(900_000, 5_000 * 2 ** Math.min(12, n - 1));
  return Math.min(900_000, Math.ceil(Math.max(retryAfterMs, full * 0.75 + full * 0.25 * random())));
}
