import type { Secret } from "../../core/secret.ts";
import type { Http, HttpCall, HttpResult } from "../shared/http.ts";
import { envelopeSchema } from "./schema.ts";

/**
 * One call to KIE.
 * - `code`: KIE's own answer. Its body code decides: HTTP says 200 to most failures
 * - `page`: an answer that is not KIE's (a proxy's page, cut JSON), with its HTTP status
 * - `not-sent`, `lost`: no answer, see `HttpResult`
 */
export type KieAnswer =
  | {
      readonly kind: "code";
      readonly code: number;
      readonly message: string;
      readonly data: unknown;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "page"; readonly httpStatus: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: "not-sent"; readonly detail: string }
  | { readonly kind: "lost"; readonly detail: string };

export interface KieClient {
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<KieAnswer>;
  post(path: string, body: unknown, options: { once: boolean; signal: AbortSignal }): Promise<KieAnswer>;
}

/** What an answer of any host of KIE says. */
export function answerOf(result: HttpResult): KieAnswer {
  if (result.kind !== "answer") return result;
  const { retryAfterMs } = result;
  const envelope = envelopeSchema.safeParse(result.json);
  if (!envelope.success) return { kind: "page", httpStatus: result.status, retryAfterMs };
  const { code, msg, data } = envelope.data;
  return { kind: "code", code, message: msg ?? "", data, retryAfterMs };
}

/** Silence that counts as lost; the deadline of the whole call is core's and comes by the signal. */
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;

export function createKieClient(deps: { http: Http; apiUrl: string; key: Secret }): KieClient {
  async function call(
    request: Pick<HttpCall, "method" | "url" | "json" | "once" | "signal">,
  ): Promise<KieAnswer> {
    const result = await deps.http.call({
      ...request,
      headers: { authorization: `Bearer ${deps.key.reveal()}` },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    return answerOf(result);
  }

  return {
    get: (path, query, signal) =>
      call({ method: "GET", url: `${deps.apiUrl}${path}?${new URLSearchParams(query)}`, signal }),
    post: (path, body, { once, signal }) =>
      call({ method: "POST", url: deps.apiUrl + path, json: body, once, signal }),
  };
}
