import type { PostFailure, PublishResult, ReadResult } from "../../core/ports/publisher.ts";
import type { LateAnswer } from "./client.ts";
import type { LatePlatform, Refusal } from "./schema.ts";

type Why = PostFailure["why"];
/** Anything that is not what was asked for. */
export type Refused = Exclude<LateAnswer, { kind: "done" }>;

/** Fixed words and the service's codes; its sentences may hold links and names, and stay out. */
function detailOf(status: number, { code, type }: Refusal): string {
  return `late ${status} ${code ?? type ?? "no code"}`.slice(0, 60);
}

function partOf(param: string | null): Why {
  if (param === null) return "content";
  if (/^(mediaItems|customMedia|thumbnail)/.test(param)) return "media";
  if (/^platforms(\.|$)/.test(param)) return "account";
  if (/^(scheduledFor|timezone|publishNow)/.test(param)) return "rejected";
  return "content";
}

/**
 * Whether the service itself says that what the path names is not there. `type` and `code` are what it keeps stable
 * (docs.zernio.com/guides/error-handling); a gateway before it has an `error` too for a path that it does not know.
 */
const isNotFound = ({ type, code }: Refusal): boolean =>
  type === "not_found" || /(?:^|_)not_found$/i.test(code ?? "");

function whyOf(status: number, { code, param }: Refusal): Why {
  switch (status) {
    case 400:
    case 422:
      return partOf(param);
    case 402:
      return "payment";
    case 403:
      // Without a code the account belongs to somebody else.
      return code === "PROFILE_OVER_LIMIT" || code === "PAYMENT_REQUIRED" ? "payment" : "account";
    case 404:
      // A create names nothing else that could be missing.
      return "account";
    case 409:
      return "duplicate";
    case 413:
      return "media";
    default:
      return "service";
  }
}

export const refused = (why: Why, detail: string): PublishResult => ({
  status: "refused",
  failure: { why, detail },
});

const unknown = (detail: string): PublishResult => ({ status: "unknown", detail });

const busy = (retryAfterMs: number | undefined, why: Why, detail: string): PublishResult => ({
  status: "busy",
  retryAfterMs: retryAfterMs ?? null,
  failure: { why, detail },
});

/**
 * What a write that was not done came to.
 *
 * | what | result |
 * |---|---|
 * | no connection | busy: nothing left |
 * | no answer, half of one, a page of something before the service, 408, 5xx, 3xx | unknown |
 * | 429 from anybody | busy, with its Retry-After |
 * | 409 `idempotency_conflict`: our own first try is running | busy, with its Retry-After |
 * | 404 that is not the service's own word | unknown |
 * | 404 for a post: it has gone, which is read before anything is concluded | busy: nothing was made |
 * | other 4xx of the service | refused, by status, code and parameter |
 *
 * @param about what the path named
 */
export function writeFailure(answer: Refused, about: "posts" | "post"): PublishResult {
  switch (answer.kind) {
    case "not-sent":
      return busy(undefined, "service", "late not reached");
    case "lost":
      return unknown(`late ${answer.detail}`);
    case "page":
      return answer.status === 429
        ? busy(answer.retryAfterMs, "limit", "late 429 page")
        : unknown(`late ${answer.status} unreadable`);
    case "refused": {
      const { status, refusal, retryAfterMs } = answer;
      const detail = detailOf(status, refusal);
      if (status === 429) return busy(retryAfterMs, "limit", detail);
      if (status === 409 && refusal.code === "idempotency_conflict")
        return busy(retryAfterMs, "service", detail);
      if (status < 400 || status >= 500 || status === 408) return unknown(detail);
      if (status === 404 && !isNotFound(refusal)) return unknown(detail);
      if (status === 404 && about === "post") return busy(retryAfterMs, "unknown", detail);
      return refused(whyOf(status, refusal), detail);
    }
  }
}

/** `gone` only where the service itself says so: a proxy's 404 is no proof that a post is not there. */
export function readFailure<T>(answer: Refused): ReadResult<T> {
  switch (answer.kind) {
    case "not-sent":
      return { status: "failed", detail: "late not reached", operator: false };
    case "lost":
      return { status: "failed", detail: `late ${answer.detail}`, operator: false };
    case "page": {
      // The key or the address is wrong where not even an error of the service comes back.
      const operator = [401, 403, 404].includes(answer.status);
      return { status: "failed", detail: `late ${answer.status} unreadable`, operator };
    }
    case "refused": {
      const { status, refusal } = answer;
      if (status === 404 && isNotFound(refusal)) return { status: "gone" };
      const operator = [401, 402, 403, 404].includes(status);
      return { status: "failed", detail: detailOf(status, refusal), operator };
    }
  }
}

const CATEGORIES: Readonly<Record<string, Why>> = {
  auth_expired: "account",
  account_issue: "account",
  user_content: "content",
  user_abuse: "rejected",
  platform_rejected: "rejected",
  platform_error: "network",
  platform_rate_limit: "limit",
  quota_exhausted: "limit",
  system_error: "service",
};
const SOURCES: Readonly<Record<string, Why>> = { user: "content", platform: "rejected", system: "service" };

/** Why a network did not take a post: the category decides, its source where the category says nothing. */
export function platformFailure({ errorCategory, errorSource }: LatePlatform): PostFailure {
  const why =
    (Object.hasOwn(CATEGORIES, errorCategory ?? "") ? CATEGORIES[errorCategory ?? ""] : undefined) ??
    (Object.hasOwn(SOURCES, errorSource ?? "") ? SOURCES[errorSource ?? ""] : undefined) ??
    "unknown";
  const detail = `late ${errorCategory ?? "no category"} ${errorSource ?? "no source"}`.slice(0, 60);
  return { why, detail };
}
