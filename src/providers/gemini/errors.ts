import type { Failure, ProbeResult, StartResult } from "../../core/ports/generator.ts";
import type { HttpResult } from "../shared/http.ts";
import { errorSchema, type GeminiDetails } from "./schema.ts";

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
 * | 401, 403 | key refused; not allowed | operator |
 * | 404 | no such model | operator, for this model alone |
 * | 413 | request too large | input |
 * | 429 | with RetryInfo; quota without one (daily, free tier); plain | busy; operator; busy |
 * | 503 | overloaded | transient, the service is down |
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
          ? { kind: "operator", code: "PROVIDER_AUTH", scope: "account", detail }
          : { kind: "input", code: "INPUT_INVALID", detail },
      );
    }
    case 401:
    case 403:
      return failed({ kind: "operator", code: "PROVIDER_AUTH", scope: "account", detail });
    case 404:
      return failed({ kind: "operator", code: "PROVIDER_AUTH", scope: "model", detail });
    case 413:
      return failed({ kind: "input", code: "INPUT_INVALID", detail });
    case 429: {
      const retryAfterMs = delayOf(details);
      const isQuota = details.some((entry) => entry?.["@type"].endsWith("QuotaFailure"));
      if (isQuota && retryAfterMs === undefined) {
        return failed({ kind: "operator", code: "PROVIDER_DOWN", scope: "account", detail: "gemini quota" });
      }
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      return failed({ kind: "busy", code: "PROVIDER_BUSY", detail, ...wait });
    }
    case 503:
      return failed({ kind: "transient", code: "PROVIDER_DOWN", serviceDown: true, detail });
    case 408:
    case 499:
      return { status: "unknown", detail, serviceDown: true };
    default:
      return status >= 400 && status < 500
        ? failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail })
        : { status: "unknown", detail, serviceDown: status >= 500 };
  }
}

/**
 * What the model's own page says (`GET /v1beta/models/<model>`), which costs nothing. A service that answers anything
 * else (a proxy without that page, a limit) is there all the same.
 */
export function stateOf(result: HttpResult): ProbeResult {
  const down = (detail: string): ProbeResult => ({
    status: "down",
    failure: { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true, detail },
  });
  if (result.kind !== "answer") return down("gemini not reached");
  const { status } = result;
  if (status >= 500) return down(`gemini model page ${status}`);
  const error = errorSchema.safeParse(result.json).data?.error;
  const refused = (scope: "account" | "model"): ProbeResult => ({
    status: "down",
    failure: { kind: "operator", code: "PROVIDER_AUTH", scope, detail: `gemini model page ${status}` },
  });
  if (status === 401 || status === 403) return refused("account");
  if (status === 400 && isBadKey(error?.details ?? [])) return refused("account");
  if (status === 404 && error?.status === "NOT_FOUND") return refused("model");
  return { status: "up" };
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
