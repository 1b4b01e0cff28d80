/**
 * Discord's rate limits as a bot meets them: buckets with the real headers, and 50 requests a second over
 * all. Sizes of buckets are not documented and are read from headers; these are the ones seen in practice.
 */
import { createHash } from "node:crypto";

export interface BucketRule {
  /** What requests share: `messages.create:<channel id>`. */
  key: string;
  limit: number;
  windowMs: number;
}

export interface RateLimitAnswer {
  headers: Record<string, string>;
  /** Set when the request is refused with 429. */
  refused?: { retryAfterSeconds: number; global: boolean };
}

const GLOBAL_LIMIT = 50;
const GLOBAL_WINDOW_MS = 1000;

export function createRateLimits(now: () => number) {
  const windows = new Map<string, { used: number; resetsAt: number }>();
  let enabled = true;

  function window(key: string, windowMs: number): { used: number; resetsAt: number } {
    const known = windows.get(key);
    if (known !== undefined && known.resetsAt > now()) return known;
    const fresh = { used: 0, resetsAt: now() + windowMs };
    windows.set(key, fresh);
    return fresh;
  }

  /** Counts one request. `countsGlobally` is false for interactions and their webhooks. */
  function take(bucket: BucketRule | undefined, countsGlobally: boolean): RateLimitAnswer {
    if (!enabled) return { headers: {} };
    if (countsGlobally) {
      const all = window("global", GLOBAL_WINDOW_MS);
      if (all.used >= GLOBAL_LIMIT) return refuse(all.resetsAt, {}, true);
      all.used += 1;
    }
    if (bucket === undefined) return { headers: {} };
    const own = window(bucket.key, bucket.windowMs);
    const refused = own.used >= bucket.limit;
    if (!refused) own.used += 1;
    const headers = {
      "X-RateLimit-Limit": String(bucket.limit),
      "X-RateLimit-Remaining": String(bucket.limit - own.used),
      "X-RateLimit-Reset": (own.resetsAt / 1000).toFixed(3),
      "X-RateLimit-Reset-After": Math.max(0, (own.resetsAt - now()) / 1000).toFixed(3),
      "X-RateLimit-Bucket": createHash("md5")
        .update(bucket.key.split(":")[0] ?? "")
        .digest("hex"),
    };
    return refused ? refuse(own.resetsAt, headers, false) : { headers };
  }

  function refuse(resetsAt: number, headers: Record<string, string>, global: boolean): RateLimitAnswer {
    const retryAfterSeconds = Math.max(0.001, (resetsAt - now()) / 1000);
    return {
      headers: { ...headers, ...refusalHeaders(retryAfterSeconds, global) },
      refused: { retryAfterSeconds, global },
    };
  }

  return {
    take,
    /** Off: nothing is counted and no header is sent. */
    setEnabled(value: boolean): void {
      enabled = value;
    },
  };
}

/** Retry-After is in whole seconds, the body's `retry_after` in fractions. */
export function refusalHeaders(retryAfterSeconds: number, global: boolean): Record<string, string> {
  return {
    "Retry-After": String(Math.ceil(retryAfterSeconds)),
    "X-RateLimit-Scope": global ? "global" : "user",
    ...(global ? { "X-RateLimit-Global": "true" } : {}),
  };
}

export function refusalBody(retryAfterSeconds: number, global: boolean): Record<string, unknown> {
  return { message: "You are being rate limited.", retry_after: retryAfterSeconds, global };
}
