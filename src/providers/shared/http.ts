import { Agent, type Dispatcher } from "undici";
import type { Clock } from "../../core/ports/clock.ts";
import { parseRetryAfterMs } from "./retry-after.ts";

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Longest wait for the head, and for each next part of the body. The deadline of the whole call is `signal`. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /**
   * Not safe to repeat (it may cost): goes over a connection of its own, since a server may close an idle one
   * just as we write, and then nobody knows whether the call arrived.
   */
  readonly once?: boolean;
  readonly signal: AbortSignal;
}

/**
 * What one call came to. Nothing here holds a URL, a header or a body of the request.
 * - `answer`: a whole answer of any status; `json` is undefined where the text is not JSON
 * - `not-sent`: the request certainly never reached a server (no such name, refused, no TLS)
 * - `lost`: it may have been processed; `detail` is a fixed word
 */
export type HttpResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly text: string;
      readonly json: unknown;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "not-sent"; readonly detail: string }
  | { readonly kind: "lost"; readonly detail: "timeout" | "cancelled" | "cut" | "too large" };

export interface Http {
  /** Never rejects. */
  call(call: HttpCall): Promise<HttpResult>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/** Errors of a connection that never came to be. Anything else counts as possibly processed. */
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_NODATA",
  "EAI_NONAME",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

const TIMEOUTS = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

class TooLarge extends Error {}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "";
}

const isTimeout = (signal: AbortSignal): boolean =>
  signal.reason instanceof Error && signal.reason.name === "TimeoutError";

/** The text as JSON, or undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body as text; one of known and fitting length in one go, which costs a third of counting its parts. */
async function readText(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const { body, headers } = response;
  const announced = Number(headers["content-length"] ?? Number.NaN);
  if (announced <= maxBytes) return body.text();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes).toString("utf8");
}

/** Calls to one service. No retries, no redirects, no cookies, no proxy settings. */
export function createHttp(deps: { readonly clock: Pick<Clock, "now"> }): Http {
  const pooled = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false });
  const single = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false, pipelining: 0 });

  async function exchange(call: HttpCall): Promise<HttpResult> {
    const url = new URL(call.url);
    const response = await (call.once ? single : pooled).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method,
      headers: {
        accept: "application/json",
        ...(call.json === undefined ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      body: call.json === undefined ? null : JSON.stringify(call.json),
      headersTimeout: call.timeoutMs,
      bodyTimeout: call.timeoutMs,
      signal: call.signal,
    });
    const retryAfter = [response.headers["retry-after"]].flat()[0];
    const text = await readText(response, call.maxBytes);
    return {
      kind: "answer",
      status: response.statusCode,
      text,
      json: parseJson(text),
      retryAfterMs: parseRetryAfterMs(retryAfter, deps.clock.now()),
    };
  }

  return {
    async call(call) {
      const { signal } = call;
      try {
        signal.throwIfAborted();
        return await exchange(call);
      } catch (error) {
        if (signal.aborted) return { kind: "lost", detail: isTimeout(signal) ? "timeout" : "cancelled" };
        if (error instanceof TooLarge) return { kind: "lost", detail: "too large" };
        const code = codeOf(error);
        if (TIMEOUTS.includes(code)) return { kind: "lost", detail: "timeout" };
        if (NOT_SENT.has(code)) return { kind: "not-sent", detail: code };
        return { kind: "lost", detail: "cut" };
      }
    },
    async close() {
      await Promise.all([pooled.destroy(), single.destroy()]);
    },
  };
}
