/** Longest wait that anybody may ask of us; more is not believed. */
const MAX_MS = 15 * 60_000;

/** `Retry-After` (seconds or an HTTP date) in milliseconds from `now`, or undefined where it says nothing. */
export function parseRetryAfterMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  const delayMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  if (!Number.isFinite(delayMs)) return undefined;
  return Math.min(MAX_MS, Math.max(0, Math.round(delayMs)));
}
