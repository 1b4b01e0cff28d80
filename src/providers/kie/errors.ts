import type { Failure, PollResult, StartResult } from "../../core/ports/generator.ts";
import type { KieAnswer } from "./client.ts";

type Certain = Pick<Failure, "kind" | "code">;

/**
 * Codes that say for certain that nothing was started.
 *
 * | code | means | kind |
 * |---|---|---|
 * | 401, 402, 433, 505 | key, credit, the key's own limit, feature switched off | operator |
 * | 404, 422, 455, 550 | not there, refused as it is, maintenance, queue full | transient |
 * | 429 | over the rate; not queued | busy |
 * | 400, 451 | what was asked, the input | content or input |
 * | 501 | it was started and ended in failure | transient |
 *
 * Every other code (408, 500, 502, 504, unknown ones) leaves open whether a task exists and costs.
 */
const NOT_STARTED: Readonly<Record<number, Certain>> = {
  401: { kind: "operator", code: "PROVIDER_AUTH" },
  402: { kind: "operator", code: "PROVIDER_AUTH" },
  433: { kind: "operator", code: "PROVIDER_AUTH" },
  505: { kind: "operator", code: "PROVIDER_AUTH" },
  404: { kind: "transient", code: "PROVIDER_BAD_ANSWER" },
  422: { kind: "transient", code: "PROVIDER_BAD_ANSWER" },
  455: { kind: "transient", code: "PROVIDER_DOWN" },
  550: { kind: "transient", code: "PROVIDER_BUSY" },
  429: { kind: "busy", code: "PROVIDER_BUSY" },
  451: { kind: "input", code: "MEDIA_UNSUPPORTED" },
  501: { kind: "transient", code: "PROVIDER_DOWN" },
};

/** HTTP statuses of a proxy or gateway in front of KIE that let nothing through. */
const TURNED_AWAY: Readonly<Record<number, Certain>> = {
  401: { kind: "operator", code: "PROVIDER_AUTH" },
  403: { kind: "operator", code: "PROVIDER_AUTH" },
  404: { kind: "transient", code: "PROVIDER_BAD_ANSWER" },
  405: { kind: "transient", code: "PROVIDER_BAD_ANSWER" },
  429: { kind: "busy", code: "PROVIDER_BUSY" },
};

/**
 * 400 covers both what was asked and how the input is made; KIE tells them apart only by its documented
 * sentences. Both end at once, so the text decides no more than which sentence the member reads.
 */
const INPUT_SENTENCES = /image (?:size|format)|26214400|file (?:size|format)|only english|unsupported/i;

function refusal(code: number, message: string): Certain | undefined {
  if (code !== 400) return NOT_STARTED[code];
  return INPUT_SENTENCES.test(message)
    ? { kind: "input", code: "INPUT_INVALID" }
    : { kind: "content", code: "CONTENT_REFUSED" };
}

function failure(certain: Certain, detail: string, retryAfterMs?: number): Failure {
  return { ...certain, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** A create that gave no task: certainly none, or nobody knows. */
export function startFailure(answer: KieAnswer): StartResult {
  switch (answer.kind) {
    case "code": {
      const certain = refusal(answer.code, answer.message);
      const detail = `kie ${answer.code}`;
      return certain
        ? { status: "failed", failure: failure(certain, detail, answer.retryAfterMs) }
        : { status: "unknown", detail };
    }
    case "page": {
      const certain = TURNED_AWAY[answer.httpStatus];
      const detail = `kie http ${answer.httpStatus}`;
      return certain
        ? { status: "failed", failure: failure(certain, detail, answer.retryAfterMs) }
        : { status: "unknown", detail };
    }
    case "not-sent":
      return {
        status: "failed",
        failure: { kind: "transient", code: "PROVIDER_DOWN", detail: `kie ${answer.detail}` },
      };
    case "lost":
      return { status: "unknown", detail: `kie ${answer.detail}` };
  }
}

/** How a task that KIE reports as failed counts: by its error code, and where it has none, as passing. */
export function taskFailure(errorCode: number | null | undefined, message: string): Failure {
  const detail = `kie task ${errorCode ?? "failed"}`;
  const certain = errorCode === null || errorCode === undefined ? undefined : refusal(errorCode, message);
  if (certain && (certain.kind === "content" || certain.kind === "input" || certain.kind === "operator")) {
    return failure(certain, detail);
  }
  return { kind: "transient", code: errorCode === 408 ? "PROVIDER_TIMEOUT" : "PROVIDER_DOWN", detail };
}

/** A status read that told nothing about the task. */
export function readFailure(answer: KieAnswer): PollResult {
  switch (answer.kind) {
    case "code":
      return unreadable(`kie read ${answer.code}`, answer.retryAfterMs);
    case "page":
      return unreadable(`kie read http ${answer.httpStatus}`, answer.retryAfterMs);
    case "not-sent":
    case "lost":
      return unreadable(`kie read ${answer.detail}`);
  }
}

function unreadable(detail: string, retryAfterMs?: number): PollResult {
  return { status: "unreadable", detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
