import { Agent, type Dispatcher } from "undici";
import type { Clock } from "../../core/ports/clock.ts";
import { parseRetryAfterMs } from "./retry-after.ts";

export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, instead of `json` (a multipart form). */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
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

/** As `HttpResult`, where the answer is not JSON or is parsed by somebody else. */
export type HttpBytes =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly contentType: string | undefined;
      readonly retryAfterMs: number | undefined;
    }
  | Exclude<HttpResult, { kind: "answer" }>;

export interface Http {
  /** Never rejects. */
  call(call: HttpCall): Promise<HttpResult>;
  close(): Promise<void>;
}

export interface BytesHttp {
  /** Never rejects. */
  bytes(call: HttpCall): Promise<HttpBytes>;
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

/** The body's parts, counted while they come. */
async function readBytes(
  body: Dispatcher.ResponseData["body"],
  maxBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/** The body as text; one of known and fitting length in one go, which costs a third of counting its parts. */
async function readText({ body, headers }: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const announced = Number(headers["content-length"] ?? Number.NaN);
  if (announced <= maxBytes) return body.text();
  return (await readBytes(body, maxBytes)).toString("utf8");
}

function contentOf(call: HttpCall): { type: string; body: string | Uint8Array } | null {
  if (call.content) return { type: call.content.type, body: call.content.bytes };
  return call.json === undefined ? null : { type: "application/json", body: JSON.stringify(call.json) };
}

/** Calls to one service. No retries, no redirects, no cookies, no proxy settings. */
export function createHttp(deps: { readonly clock: Pick<Clock, "now"> }): Http & BytesHttp {
  const pooled = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false });
  const single = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false, pipelining: 0 });

  function request(call: HttpCall): Promise<Dispatcher.ResponseData> {
    const url = new URL(call.url);
    const content = contentOf(call);
    return (call.once ? single : pooled).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method,
      headers: {
        accept: "application/json",
        ...(content === null ? {} : { "content-type": content.type }),
        ...call.headers,
      },
      body: content?.body ?? null,
      headersTimeout: call.timeoutMs,
      bodyTimeout: call.timeoutMs,
      signal: call.signal,
    });
  }

  const waitOf = ({ headers }: Dispatcher.ResponseData): number | undefined =>
    parseRetryAfterMs([headers["retry-after"]].flat()[0], deps.clock.now());

  /** One exchange, or how it failed. */
  async function settle<Answer>(
    call: HttpCall,
    read: (response: Dispatcher.ResponseData) => Promise<Answer>,
  ): Promise<Answer | Exclude<HttpResult, { kind: "answer" }>> {
    const { signal } = call;
    try {
      signal.throwIfAborted();
      return await read(await request(call));
    } catch (error) {
      if (signal.aborted) return { kind: "lost", detail: isTimeout(signal) ? "timeout" : "cancelled" };
      if (error instanceof TooLarge) return { kind: "lost", detail: "too large" };
      const code = codeOf(error);
      if (TIMEOUTS.includes(code)) return { kind: "lost", detail: "timeout" };
      if (NOT_SENT.has(code)) return { kind: "not-sent", detail: code };
      return { kind: "lost", detail: "cut" };
    }
  }

  return {
    call: (call) =>
      settle(call, async (response) => {
        const text = await readText(response, call.maxBytes);
        return {
          kind: "answer",
          status: response.statusCode,
          text,
          json: parseJson(text),
          retryAfterMs: waitOf(response),
        };
      }),
    bytes: (call) =>
      settle(call, async (response) => {
        const bytes = await readBytes(response.body, call.maxBytes);
        return {
          kind: "answer",
          status: response.statusCode,
          bytes,
          contentType: [response.headers["content-type"]].flat()[0],
          retryAfterMs: waitOf(response),
        };
      }),
    async close() {
      await Promise.all([pooled.destroy(), single.destroy()]);
    },
  };
}
