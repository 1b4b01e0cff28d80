import type { Secret } from "../../core/secret.ts";
import type { Http, HttpResult } from "../shared/http.ts";
import type { Exchange } from "./exchange.ts";
import { type Refusal, refusalSchema } from "./schema.ts";

/**
 * One call to Zernio.
 * - `done`: 2xx with JSON
 * - `refused`: another status with an error of the service's own
 * - `page`: an answer that is not the service's (a proxy's page, cut JSON), with its HTTP status
 * - `not-sent`, `lost`: no answer, see `HttpResult`
 */
export type LateAnswer =
  | { readonly kind: "done"; readonly status: number; readonly body: unknown }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly refusal: Refusal;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "page"; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: "not-sent"; readonly detail: string }
  | { readonly kind: "lost"; readonly detail: string };

export interface LateClient {
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<LateAnswer>;
  /** Never repeated by itself, and over a connection of its own. */
  post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<LateAnswer>;
  put(path: string, body: unknown, signal: AbortSignal): Promise<LateAnswer>;
  delete(path: string, signal: AbortSignal): Promise<LateAnswer>;
}

/** Publishing at once is answered when the network has it, which takes its time; core's deadline is the signal. */
const TIMEOUT_MS = 120_000;
const MAX_BYTES = 1024 * 1024;

function answerOf(result: HttpResult): LateAnswer {
  if (result.kind !== "answer") return result;
  const { status, json, retryAfterMs } = result;
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  if (status >= 200 && status < 300)
    return isObject ? { kind: "done", status, body: json } : { kind: "page", status, retryAfterMs };
  const refusal = refusalSchema.safeParse(json);
  return refusal.success && refusal.data.isOurs
    ? { kind: "refused", status, refusal: refusal.data, retryAfterMs }
    : { kind: "page", status, retryAfterMs };
}

export function createLateClient(deps: {
  readonly http: Http;
  readonly exchange: Exchange;
  readonly apiUrl: string;
  readonly key: Secret;
}): LateClient {
  const { http, exchange, apiUrl, key } = deps;
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
  const addressFrom = "operator";
  const signed = () => ({ authorization: `Bearer ${key.reveal()}` });
  return {
    async get(path, query, signal) {
      const text = new URLSearchParams(query).toString();
      const url = `${apiUrl}${path}${text === "" ? "" : `?${text}`}`;
      return answerOf(await http.call({ method: "GET", url, headers: signed(), ...limits, signal }));
    },
    async post(path, body, headers, signal) {
      const url = apiUrl + path;
      const all = { ...signed(), ...headers };
      return answerOf(
        await http.call({ method: "POST", url, headers: all, json: body, ...limits, once: true, signal }),
      );
    },
    async put(path, body, signal) {
      const headers = { ...signed(), "content-type": "application/json" };
      const url = apiUrl + path;
      return answerOf(
        await exchange.call({
          method: "PUT",
          url,
          headers,
          body: JSON.stringify(body),
          addressFrom,
          ...limits,
          signal,
        }),
      );
    },
    async delete(path, signal) {
      const url = apiUrl + path;
      return answerOf(
        await exchange.call({
          method: "DELETE",
          url,
          headers: signed(),
          body: null,
          addressFrom,
          ...limits,
          signal,
        }),
      );
    },
  };
}
