import type { Clock } from "../../core/ports/clock.ts";
import { numberIn } from "./wire.ts";

interface BucketRequest {
  readonly method: string;
  readonly path: string;
  readonly authorized?: boolean;
}

interface Wait {
  readonly afterMs: number;
  readonly scope: "chat" | "platform";
}

type Headers = Record<string, string | string[] | undefined>;

/** What a refusal without a number means. */
const DEFAULT_WAIT_MS = 1000;
/** Longest wait that is believed (15 minutes). */
const LONGEST_WAIT_MS = 15 * 60_000;
const REMEMBERED = 2000;

/**
 * Remembers which rate-limit buckets are empty, so that a request that must be refused is not sent at all.
 *
 * A bucket is a route with its channel, guild or webhook token; Discord's own bucket ids are not needed, since two
 * routes never share one here. The whole bot waits after a global limit.
 */
export function createBuckets(clock: Clock) {
  const emptyUntil = new Map<string, number>();
  let platformUntil = 0;

  function remember(key: string, until: number): void {
    if (emptyUntil.size >= REMEMBERED) {
      const now = clock.now();
      for (const [known, end] of emptyUntil) if (end <= now) emptyUntil.delete(known);
    }
    emptyUntil.set(key, until);
  }

  return {
    /** How long this request must wait, or null. */
    wait(request: BucketRequest): Wait | null {
      const now = clock.now();
      if (request.authorized !== false && platformUntil > now)
        return { afterMs: platformUntil - now, scope: "platform" };
      const until = emptyUntil.get(bucketOf(request)) ?? 0;
      return until > now ? { afterMs: until - now, scope: "chat" } : null;
    },

    /** An answer: did it take the last one? */
    seen(request: BucketRequest, headers: Headers): void {
      if (headers["x-ratelimit-remaining"] !== "0") return;
      const seconds = Number(headers["x-ratelimit-reset-after"]);
      if (seconds > 0) remember(bucketOf(request), clock.now() + seconds * 1000);
    },

    /** A 429. The body's `retry_after` is finer than the header and wins. */
    refused(request: BucketRequest, headers: Headers, body: unknown): Wait {
      const seconds = numberIn(body, "retry_after") ?? Number(headers["retry-after"]);
      const asked = Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : DEFAULT_WAIT_MS;
      const afterMs = Math.min(Math.max(asked, 1), LONGEST_WAIT_MS);
      const isGlobal =
        headers["x-ratelimit-global"] !== undefined || headers["x-ratelimit-scope"] === "global";
      // An answer without Discord's JSON comes from the firewall before it, and is about the address.
      const scope = isGlobal || numberIn(body, "retry_after") === undefined ? "platform" : "chat";
      if (scope === "platform") platformUntil = clock.now() + afterMs;
      else remember(bucketOf(request), clock.now() + afterMs);
      return { afterMs, scope };
    },
  };
}

/** Method and path with every id but the first as a star: `PATCH /channels/1/messages/*`. */
function bucketOf({ method, path }: BucketRequest): string {
  const [route = ""] = path.split("?");
  if (route.startsWith("/webhooks/")) return route.split("/").slice(0, 4).join("/");
  const [first = "", second = "", ...rest] = route.slice(1).split("/");
  return `${method} /${first}/${second}/${rest.map((part) => (/^\d+$/.test(part) ? "*" : part)).join("/")}`;
}
