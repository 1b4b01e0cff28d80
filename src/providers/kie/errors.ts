import type { Failure, PollResult, StartResult } from "../../core/ports/generator.ts";
import type { KieAnswer } from "./client.ts";

type Certain = Pick<Failure, "kind" | "code" | "scope" | "serviceDown">;

const ACCOUNT = { kind: "operator", code: "PROVIDER_AUTH", scope: "account" } as const;
/** The credit is spent, or what this key may spend of it. */
const CREDIT = { kind: "operator", code: "PROVIDER_DOWN", scope: "account" } as const;
/** Only this model: switched off, retired, or named wrongly by us. */
const MODEL = { kind: "operator", code: "PROVIDER_BAD_ANSWER", scope: "model" } as const;

/**
 * Codes that say for certain that nothing was started.
 *
 * | code | means | kind |
 * |---|---|---|
 * | 401, 433 | key, the key's own limit | operator, the account |
 * | 402 | too little credit for this model | operator, the model |
 * | 404, 505 | no such route or model, feature switched off | operator, the model |
 * | 422, 455, 550 | refused as it is, maintenance, queue full | transient |
 * | 429 | over the rate; not queued | busy |
 * | 400, 451 | what was asked, the input | content or input |
 * | 501 | it was started and ended in failure | transient |
 *
 * Every other code (408, 500, 502, 504, unknown ones) leaves open whether a task exists and costs.
 */
const NOT_STARTED: Readonly<Record<number, Certain>> = {
  401: ACCOUNT,
  // Too little for this model; a cheaper one may still be paid.
  402: { ...CREDIT, scope: "model" },
  433: CREDIT,
  404: MODEL,
  505: { ...MODEL, code: "PROVIDER_AUTH" },
  422: { kind: "transient", code: "PROVIDER_BAD_ANSWER" },
  455: { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true },
  550: { kind: "transient", code: "PROVIDER_BUSY" },
  429: { kind: "busy", code: "PROVIDER_BUSY" },
  451: { kind: "input", code: "MEDIA_UNSUPPORTED" },
  501: { kind: "transient", code: "PROVIDER_DOWN" },
};

/** HTTP statuses of a proxy or gateway in front of KIE that let nothing through. */
const TURNED_AWAY: Readonly<Record<number, Certain>> = {
  401: ACCOUNT,
  403: ACCOUNT,
  404: MODEL,
  405: MODEL,
  429: { kind: "busy", code: "PROVIDER_BUSY" },
};

/** 422 is a body that does not fit; where it names the model, no body of ours ever will. */
const WRONG_MODEL = /model name|unknown model|model\b[^.]{0,60}\bnot (?:supported|found|exist|available)/i;

/**
 * 400 covers both what was asked and how the input is made; KIE tells them apart only by its documented
 * sentences. Both end at once, so the text decides no more than which sentence the member reads.
 */
const INPUT_SENTENCES = /image (?:size|format)|26214400|file (?:size|format)|only english|unsupported/i;

/**
 * A task that was refused for what it shows ends in 400, or in 422, 500 or 501 with one of these sentences
 * ("rejected by Flow", "flagged as sensitive"). To ask again would only be refused again.
 */
const CONTENT_SENTENCES =
  /content polic|polic(?:y|ies) violation|flagged|sensitive|nsfw|prohibited|rejected by flow/i;

/** The codes of a task that end it for good, whatever its sentence says. */
const ENDING: readonly number[] = [400, 401, 402, 433, 451, 505];

const UNREACHED = { kind: "transient", code: "PROVIDER_DOWN", serviceDown: true } as const;

const REFUSED = { kind: "content", code: "CONTENT_REFUSED" } as const;

function refusal(code: number, message: string): Certain | undefined {
  if (code === 422 && WRONG_MODEL.test(message)) return MODEL;
  if (code !== 400) return NOT_STARTED[code];
  return INPUT_SENTENCES.test(message) ? { kind: "input", code: "INPUT_INVALID" } : REFUSED;
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
        : { status: "unknown", detail, serviceDown: answer.httpStatus >= 500 };
    }
    case "not-sent":
      return {
        status: "failed",
        failure: { ...UNREACHED, detail: `kie ${answer.detail}` },
      };
    case "lost":
      return { status: "unknown", detail: `kie ${answer.detail}`, serviceDown: true };
  }
}

/** How a task that KIE reports as failed counts: by its error code, and where it has none, as passing. */
export function taskFailure(errorCode: number | null | undefined, message: string): Failure {
  const detail = `kie task ${errorCode ?? "failed"}`;
  const code = errorCode ?? 0;
  const certain = ENDING.includes(code) ? refusal(code, message) : undefined;
  if (certain) return failure(certain, detail);
  if (CONTENT_SENTENCES.test(message)) return failure(REFUSED, detail);
  if (code === 408) return { kind: "transient", code: "PROVIDER_TIMEOUT", detail };
  const isDown = code === 500 || code === 455;
  return { kind: "transient", code: "PROVIDER_DOWN", ...(isDown ? { serviceDown: true } : {}), detail };
}

const UPLOAD: Readonly<Record<number, Certain>> = {
  401: ACCOUNT,
  402: CREDIT,
  403: ACCOUNT,
  433: CREDIT,
  413: { kind: "input", code: "MEDIA_UNSUPPORTED" },
  429: { kind: "busy", code: "PROVIDER_BUSY" },
};

function uploadStatus(status: number): Certain {
  return status >= 500 || status === 455 ? UNREACHED : { kind: "transient", code: "PROVIDER_BAD_ANSWER" };
}

function uploadDetail(answer: KieAnswer): string {
  switch (answer.kind) {
    case "code":
      return `kie upload ${answer.code}`;
    case "page":
      return `kie upload http ${answer.httpStatus}`;
    case "not-sent":
    case "lost":
      return `kie upload ${answer.detail}`;
  }
}

/** An upload that came to nothing. It is certain, whatever went wrong: no task was asked for yet. */
export function uploadFailure(answer: KieAnswer): Failure {
  const detail = uploadDetail(answer);
  switch (answer.kind) {
    case "code":
    case "page": {
      const status = answer.kind === "code" ? answer.code : answer.httpStatus;
      return failure(UPLOAD[status] ?? uploadStatus(status), detail, answer.retryAfterMs);
    }
    case "not-sent":
      return { ...UNREACHED, detail };
    case "lost":
      return answer.detail === "cancelled"
        ? { kind: "transient", code: "PROVIDER_TIMEOUT", detail }
        : { ...UNREACHED, detail };
  }
}

/** What became of a look at the account. */
export function probeFailure(answer: KieAnswer): Failure {
  const started = startFailure(answer);
  const isCredit = answer.kind === "code" && answer.code === 402;
  if (started.status === "failed" && (isCredit || started.failure.scope === "account"))
    return { ...started.failure, scope: "account" };
  return { ...UNREACHED, detail: `kie credits ${answer.kind}` };
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
