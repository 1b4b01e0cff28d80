import { Agent } from "undici";
import type { HttpResult } from "../shared/http.ts";

export interface ExchangeCall {
  readonly method: "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /** Longest wait for the head, and for each next part of the body. The deadline of the whole call is `signal`. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The two methods that the shared client of providers does not know, with its results. Never rejects. */
export interface Exchange {
  call(call: ExchangeCall): Promise<HttpResult>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/** No such name, nobody there: certainly not sent. Anything else may have been processed. */
const NOT_SENT = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
];
const TIMEOUTS = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

class TooLarge extends Error {}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes).toString("utf8");
}

/** A connection each: both methods change something, and an idle connection may be closed just as it is written to. */
export function createExchange(): Exchange {
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false, pipelining: 0 });
  return {
    async call({ method, url, headers, body, timeoutMs, maxBytes, signal }) {
      try {
        signal.throwIfAborted();
        const { origin, pathname, search } = new URL(url);
        const answer = await agent.request({
          origin,
          path: pathname + search,
          method,
          headers: { accept: "application/json", ...headers },
          body,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal,
        });
        const text = await readText(answer.body, maxBytes);
        return {
          kind: "answer",
          status: answer.statusCode,
          text,
          json: parseJson(text),
          retryAfterMs: undefined,
        };
      } catch (error) {
        if (signal.aborted) return { kind: "lost", detail: "timeout" };
        if (error instanceof TooLarge) return { kind: "lost", detail: "too large" };
        const code = codeOf(error);
        if (TIMEOUTS.includes(code)) return { kind: "lost", detail: "timeout" };
        return NOT_SENT.includes(code) ? { kind: "not-sent", detail: code } : { kind: "lost", detail: "cut" };
      }
    },
    close: () => agent.destroy(),
  };
}
