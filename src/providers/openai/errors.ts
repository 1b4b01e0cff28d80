import type { Failure, StartResult } from "../../core/ports/generator.ts";
import type { ServerReply } from "./library.ts";
import type { ExtraField } from "./models.ts";

export type Refusal = Extract<ServerReply, { kind: "refused" }>;

export const failed = (failure: Failure): StartResult => ({ status: "failed", failure });

/** `code` of a refusal for what was asked, new ones of the same families included. */
export const POLICY = /moderation|content_policy|content_filter|safety|invalid_prompt/i;
/** No credit, or a limit that waiting does not lift. */
export const CREDIT = /insufficient_quota|billing/i;
const MODEL = /^(model_not_found|model_not_available|invalid_model|deprecated_model)$/;

/** Whether it is the model that is not there, and not this request that is wrong. */
export function isAboutModel({ status, code, param, message }: Refusal): boolean {
  if (MODEL.test(code ?? "") || (param === "model" && status !== 422)) return true;
  return status === 404 && /\bmodel\b/i.test(message);
}

/** The address itself is not there, whatever stands behind it. */
export const isNoRoute = (refusal: Refusal): boolean =>
  (refusal.status === 404 || refusal.status === 405) && !isAboutModel(refusal);

/**
 * An answer of another status than 2xx.
 *
 * | HTTP | what | result |
 * |---|---|---|
 * | 400 | moderation; no credit; no such model | content; operator (account); operator (model) |
 * | 401, 402, 403 | key refused; no credit; not allowed (or only this model) | operator |
 * | 404 | no such model or route; an edit where there are no edits | operator (model); input |
 * | 400, 413, 415, 422 | the request itself | input |
 * | 429 | no credit; slow down | operator (account); busy |
 * | 503 | overloaded, starting | transient, the service is down |
 * | other 4xx but 408, 499 | nothing was made | transient |
 * | the rest (500, 502, 504 …) | nobody knows | unknown |
 */
export function httpFailure(refusal: Refusal, isEdit: boolean): StartResult {
  const { status, code, retryAfterMs } = refusal;
  const detail = `openai http ${status}`;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const account: Failure = { kind: "operator", code: "PROVIDER_AUTH", scope: "account", detail };
  const model: Failure = { ...account, scope: "model" };
  const input: Failure = { kind: "input", code: "INPUT_INVALID", detail };
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      if (POLICY.test(code ?? "")) {
        return failed({ kind: "content", code: "CONTENT_REFUSED", detail: "openai moderation" });
      }
      if (CREDIT.test(code ?? ""))
        return failed({ ...account, code: "PROVIDER_DOWN", detail: "openai credit" });
      return failed(isAboutModel(refusal) ? model : input);
    case 401:
    case 402:
      return failed(account);
    case 403:
      return failed(isAboutModel(refusal) ? model : account);
    case 404:
      return failed(isAboutModel(refusal) || !isEdit ? model : input);
    case 429:
      return failed(
        CREDIT.test(code ?? "")
          ? { ...account, code: "PROVIDER_DOWN", detail: "openai credit" }
          : { kind: "busy", code: "PROVIDER_BUSY", detail, ...wait },
      );
    case 503:
      return failed({ kind: "transient", code: "PROVIDER_DOWN", serviceDown: true, detail, ...wait });
    case 408:
    case 499:
      return { status: "unknown", detail, serviceDown: true };
    default:
      return status >= 400 && status < 500
        ? failed({ kind: "transient", code: "PROVIDER_BAD_ANSWER", detail })
        : { status: "unknown", detail, serviceDown: status >= 500 };
  }
}

/** The extra field that a refusal names: nothing was made, and without the field it may go well. */
export function refusedField(refusal: Refusal, sent: ReadonlySet<ExtraField>): ExtraField | undefined {
  if (refusal.status !== 400 && refusal.status !== 422) return undefined;
  return [...sent].find(
    (field) => refusal.param === field || new RegExp(`\\b${field}\\b`).test(refusal.message),
  );
}
