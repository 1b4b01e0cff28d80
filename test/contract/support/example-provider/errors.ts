import type { Failure, StartResult } from "../../../../src/core/ports/generator.ts";
import type { HttpResult } from "../../../../src/providers/shared/http.ts";
import { errorSchema } from "./schema.ts";

/** The service itself is not there: nothing was made, and its health suffers. */
export const gone: Failure = {
  kind: "transient",
  code: "PROVIDER_DOWN",
  serviceDown: true,
  detail: "lantern not reached",
};

/** What certainly came to nothing, or null where nobody knows (500, 502, 504, a page of a gateway). */
export function certainFailure(answer: Extract<HttpResult, { kind: "answer" }>): Failure | null {
  const detail = `lantern http ${answer.status}`;
  const wait = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  switch (answer.status) {
    case 400:
    case 422:
      return errorSchema.parse(answer.json).error === "refused_words"
        ? { kind: "content", code: "CONTENT_REFUSED", detail }
        : { kind: "input", code: "INPUT_INVALID", detail };
    case 401:
      return { kind: "operator", code: "PROVIDER_AUTH", scope: "account", detail };
    case 402:
      return { kind: "operator", code: "PROVIDER_DOWN", scope: "account", detail };
    case 429:
      return { kind: "busy", code: "PROVIDER_BUSY", detail, ...wait };
    case 503:
      return { ...gone, detail, ...wait };
    default:
      return null;
  }
}

export function createFailed(result: Exclude<HttpResult, { status: 201 }>): StartResult {
  if (result.kind === "not-sent") return { status: "failed", failure: gone };
  if (result.kind === "lost") return { status: "unknown", detail: `lantern ${result.detail}` };
  const failure = certainFailure(result);
  return failure
    ? { status: "failed", failure }
    : { status: "unknown", detail: `lantern http ${result.status}` };
}
