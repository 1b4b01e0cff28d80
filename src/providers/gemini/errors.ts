import type { Failure, StartResult } from "../../core/ports/generator.ts";
import type { GeminiDetails } from "./schema.ts";

const failed = (failure: Failure): StartResult => ({ status: "failed", failure });

/** `36s` or `20.75s` in milliseconds. */
function delayOf(details: GeminiDetails): number | undefined {
  const text = details.find((entry) => entry?.["@type"].endsWith("RetryInfo"))?.retryDelay;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text ?? "")?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

const isBadKey = (details: GeminiDetails): boolean =>
  details.some((entry) => entry?.reason?.startsWith("API_KEY") ?? false);

/**
 * An answer of another status than 200.
 *
 * | HTTP | what | result |
 * |---|---|---|
 * | 400 | bad key; region or billing; the request itself | operator; operator; input |
 * | 401, 403, 404 | key refused; not allowed; no such model | operator |
 * | 413 | request too large | input |
 * | 429 | with RetryInfo; quota without one (daily, free tier); plain | busy; operator; busy |
 * | 503 | overloaded | transient |
 * | other 4xx but 408, 499 | nothing was made | transient |
 * | the rest (500, 502, 504 …) | nobody knows | unknown |
 */
export function httpFailure(status: number, details: GeminiDetails, message: string): StartResult {
  const detail = `gemini http ${status}`;
  switch (status) {
    case 400: {
      // FAILED_PRECONDITION differs from INVALID_ARGUMENT only by its documented sentences here.
      const isOperators = isBadKey(details) || /location is not supported|billing|free tier/i.test(message);
      return failed(
        isOperators
          ? { kind: "operator", code: "PROVIDER_AUTH", detail }
          : { kind: "input", code: "INPUT_INVALID", detail },
      );
    }
    case 401:
    case 403:
    case 404:
      return failed({ kind: "operator", code: "PROVIDER_AUTH", detail });
    case 413:
      return failed({ kind: "input", code: "INPUT_INVALID", detail });
    case 429: {
      const retryAfterMs = delayOf(details);
      const isQuota = details.some((entry) => entry?.["@type"].endsWith("QuotaFailure"));
      if (isQuota && retryAfterMs === undefined) {
        return failed({ kind: "operator", code: "PROVIDER_AUTH", detail: "gemini quota" });
      }
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      return failed({ kind: "busy", code: "PROVIDER_BUSY", detail, ...wait });
    }
    case 503:
      return failed({ kind: "transient", code: "PROVIDER_DOWN", detail });
    case 408:
    case 499:
      return { status: "unknown", detail };
    default:
      return status >= 400 && status < 500
        ? failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail })
        : { status: "unknown", detail };
  }
}

/** Finish and block reasons that speak of what was asked, new ones of the same families included. */
const POLICY = /SAFETY|PROHIBITED|BLOCKLIST|SPII|RECITATION|JAILBREAK|MODEL_ARMOR/;

export const isPolicy = (reason: string): boolean => POLICY.test(reason);

export function refused(reason: string): StartResult {
  return failed({ kind: "content", code: "CONTENT_REFUSED", detail: `gemini ${wordOf(reason)}` });
}

/** 200 without a picture, for a reason that may pass (NO_IMAGE, IMAGE_OTHER, OTHER, one that is new). */
export function noPicture(reason: string): StartResult {
  return failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail: `gemini ${wordOf(reason)}` });
}

/** A reason is a constant of the API; anything else does not reach the log. */
function wordOf(reason: string): string {
  return /^[A-Z_]{1,40}$/.test(reason) ? reason : "unknown reason";
}
