import type { Chat } from "./wire.ts";

/**
 * How much a bot may send. Source: Telegram bots FAQ, "My bot is hitting limits", read 2026-11: about one
 * message a second in one chat with short bursts, 20 a minute in a group, about 30 a second overall.
 */
export interface RateLimits {
  readonly overallPerSecond: number;
  readonly privatePerSecond: number;
  /** Messages that a private chat takes at once before the rate binds. */
  readonly privateBurst: number;
  readonly groupPerMinute: number;
}

export const CLOUD_LIMITS: RateLimits = {
  overallPerSecond: 30,
  privatePerSecond: 1,
  privateBurst: 5,
  groupPerMinute: 20,
};

export interface RateLimiter {
  /** Seconds to wait, or 0 when `weight` messages were let through and counted. */
  take(chat: Chat, weight: number, limits: RateLimits | false): number;
}

/** Counts what was let through in sliding windows of the given clock (milliseconds). */
export function createRateLimiter(now: () => number): RateLimiter {
  const overall: number[] = [];
  const groups = new Map<number, number[]>();
  const buckets = new Map<number, { tokens: number; atMs: number }>();

  /** Milliseconds until `weight` more fit into a window. An album larger than the window fits an empty one. */
  function windowWait(times: number[], weight: number, limit: number, windowMs: number): number {
    const time = now();
    while (times.length > 0 && (times[0] ?? 0) <= time - windowMs) times.shift();
    const excess = times.length + Math.min(weight, limit) - limit;
    return excess <= 0 ? 0 : (times[excess - 1] ?? time) + windowMs - time;
  }

  return {
    take(chat, weight, limits) {
      if (limits === false) return 0;
      const time = now();
      const waits = [windowWait(overall, weight, limits.overallPerSecond, 1_000)];
      const group = groups.get(chat.id) ?? [];
      const bucket = buckets.get(chat.id) ?? { tokens: limits.privateBurst, atMs: time };
      if (chat.type === "private") {
        const gained = ((time - bucket.atMs) / 1_000) * limits.privatePerSecond;
        bucket.tokens = Math.min(limits.privateBurst, bucket.tokens + gained);
        bucket.atMs = time;
        buckets.set(chat.id, bucket);
        if (bucket.tokens < 1) waits.push(((1 - bucket.tokens) / limits.privatePerSecond) * 1_000);
      } else {
        groups.set(chat.id, group);
        waits.push(windowWait(group, weight, limits.groupPerMinute, 60_000));
      }
      const waitMs = Math.max(...waits);
      if (waitMs > 0) return Math.ceil(waitMs / 1_000);
      for (let count = 0; count < weight; count += 1) {
        overall.push(time);
        if (chat.type !== "private") group.push(time);
      }
      if (chat.type === "private") bucket.tokens -= 1;
      return 0;
    },
  };
}
