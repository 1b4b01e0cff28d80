import type { Socket } from "node:net";
import { Agent, type buildConnector } from "undici";
import { type Dial, type Resolve, systemDial, systemResolve } from "../shared/dial.ts";
import type { HttpResult } from "../shared/http.ts";
import { isPublicAddress } from "../shared/public-address.ts";

export interface ExchangeCall {
  readonly method: "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /**
   * `operator`: the address of a setting, wherever that is. `service`: a link of the service's answer (https to a
   * name): only public addresses are dialled, exactly those that were looked at.
   */
  readonly addressFrom: "operator" | "service";
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

/** Nothing was sent: the name leads into a network that is not public, or nowhere. */
class NotPublic extends Error {
  readonly code = "ENOTFOUND";
}

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
export function createExchange(deps: { readonly resolve?: Resolve; readonly dial?: Dial } = {}): Exchange {
  const { resolve = systemResolve, dial = systemDial } = deps;

  async function dialPublic({ hostname, port, protocol }: buildConnector.Options): Promise<Socket> {
    const signal = AbortSignal.timeout(CONNECT_MS);
    const addresses = await resolve(hostname, { from: "service", signal });
    if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw new NotPublic("not public");
    const secure = protocol === "https:";
    let failure: unknown;
    for (const address of addresses) {
      try {
        const target = { address, port: Number(port || (secure ? 443 : 80)), secure };
        return await dial({ ...target, serverName: hostname, signal });
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async function connectPublic(
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> {
    let socket: Socket;
    try {
      socket = await dialPublic(options);
    } catch (error) {
      callback(error instanceof Error ? error : new Error("not dialled"), null);
      return;
    }
    callback(null, socket);
  }

  const common = { allowH2: false, pipelining: 0 };
  const direct = new Agent({ ...common, connect: { timeout: CONNECT_MS } });
  const guarded = new Agent({
    ...common,
    connect: (options, callback) => void connectPublic(options, callback),
  });

  return {
    async call({ method, url, headers, body, addressFrom, timeoutMs, maxBytes, signal }) {
      try {
        signal.throwIfAborted();
        const { origin, pathname, search } = new URL(url);
        const answer = await (addressFrom === "operator" ? direct : guarded).request({
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
    async close() {
      await Promise.all([direct.destroy(), guarded.destroy()]);
    },
  };
}
