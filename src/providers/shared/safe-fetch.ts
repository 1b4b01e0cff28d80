import { isIP } from "node:net";
import { Client, type Dispatcher } from "undici";
import type { Clock } from "../../core/ports/clock.ts";
import { abortError, withDeadline } from "./deadline.ts";
import type { Dial, Resolve } from "./dial.ts";
import { type AllowedHosts, type ForeignUrlPolicy, type RefusalReason, vetUrl } from "./foreign-url.ts";
import { isPublicAddress } from "./public-address.ts";
import { parseRetryAfterMs } from "./retry-after.ts";
import { createTurns } from "./turns.ts";

export interface SafeFetchDependencies {
  readonly policy: ForeignUrlPolicy;
  readonly clock: Clock;
  readonly resolve: Resolve;
  readonly dial: Dial;
}

export interface SafeFetchRequest {
  readonly url: string;
  readonly maxBytes: number;
  /** From the first lookup to the last byte; 20 s unless given (large videos need longer). */
  readonly totalMs?: number;
  /** Given: only these may be fetched (links that a service hands out). Missing: any public host. */
  readonly hosts?: AllowedHosts;
  readonly signal?: AbortSignal;
}

export type SafeFetchResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly contentType: string | null }
  | {
      readonly ok: false;
      readonly reason: RefusalReason;
      /** What was wrong with the target, where `reason` is `redirect`. */
      readonly because?: RefusalReason;
      /** The name was found, and leads into a network that is not public (`dns`). */
      readonly isPrivate?: true;
      /** Of an answer other than 200; `reason` is then `type`. */
      readonly httpStatus?: number;
      readonly retryAfterMs?: number;
    };

/**
 * The one way to a URL that somebody else wrote: a member, or a service in its answer. Never throws.
 *
 * The URL is judged (`vetUrl`), its name resolved once here, every answer judged, and exactly a judged address
 * dialled, so that a second lookup can bring nothing else. Redirects are followed by hand, each as a new URL.
 * No proxy settings, cookies or credentials; what is compressed is refused, so that the counted bytes are the
 * real ones.
 */
export type SafeFetch = (request: SafeFetchRequest) => Promise<SafeFetchResult>;

const RESOLVE_MS = 2_000;
const HEADERS_MS = 5_000;
const TOTAL_MS = 20_000;
const MAX_REDIRECTS = 3;
/** Names that members wrote, looked up at the same time; the others wait for their turn. */
const MEMBERS_LOOKUPS = 16;
/**
 * More than this behind the announced body (head and TLS records allowed for) is a server that lies about its
 * length; what it sends is not taken for an answer.
 */
const SURPLUS_BYTES = 48 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];
const HEADERS = {
  accept: "image/*, video/*;q=0.9",
  "accept-encoding": "identity",
  "user-agent": "Mozilla/5.0 (compatible; Easel/0.1)",
};

class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly isPrivate: boolean;
  constructor(reason: RefusalReason, isPrivate = false) {
    super(reason);
    this.reason = reason;
    this.isPrivate = isPrivate;
  }
}

interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly trusted: boolean;
  readonly from: "member" | "service" | "operator";
}

type HopResult = SafeFetchResult | { readonly ok: "redirect"; readonly location: string };

export function createSafeFetch({ policy, clock, resolve, dial }: SafeFetchDependencies): SafeFetch {
  const inTurn = createTurns(MEMBERS_LOOKUPS);
  const within = <Result>(
    delayMs: number,
    reason: RefusalReason,
    outer: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => withDeadline(clock, { delayMs, late: new Refusal(reason), outer }, work);

  async function addressesOf(target: Target, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(target.host) !== 0) return [target.host];
    const { host, from } = target;
    const ask = () => within(RESOLVE_MS, "dns", signal, (asking) => resolve(host, { from, signal: asking }));
    const answers = await (from === "member" ? inTurn(signal, ask) : ask()).catch((error: unknown) => {
      throw signal.aborted ? error : new Refusal("dns");
    });
    if (answers.length === 0) throw new Refusal("dns");
    if (!target.trusted && !answers.every(isPublicAddress)) throw new Refusal("dns", true);
    return answers;
  }

  /** Tries the judged addresses in turn: one family of a host may be out of reach from here. */
  async function connect(target: Target, addresses: readonly string[], signal: AbortSignal) {
    let failure: unknown = new Refusal("network");
    for (const address of addresses) {
      signal.throwIfAborted();
      try {
        const secure = target.url.protocol === "https:";
        return await dial({ address, port: target.port, secure, serverName: target.host, signal });
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async function hop(target: Target, maxBytes: number, signal: AbortSignal): Promise<HopResult> {
    const addresses = await addressesOf(target, signal);
    return within(HEADERS_MS, "time", signal, (connecting) => connect(target, addresses, connecting)).then(
      (socket) => exchange(target, socket, maxBytes, signal),
    );
  }

  async function exchange(
    target: Target,
    socket: Awaited<ReturnType<Dial>>,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<HopResult> {
    const client = new Client(target.url.origin, {
      // The client asks while it is busy with itself; an answer at once would be overlooked.
      connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
      allowH2: false,
      // Our own deadlines below follow the injected clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      const { pathname, search } = target.url;
      const response = await within(HEADERS_MS, "time", signal, (waiting) =>
        client.request({ path: pathname + search, method: "GET", headers: HEADERS, signal: waiting }),
      );
      const result = await answerOf(response, maxBytes, signal);
      const isMore =
        result.ok === true &&
        response.headers["content-length"] !== undefined &&
        socket.bytesRead > result.bytes.length * 1.01 + SURPLUS_BYTES;
      return isMore ? { ok: false, reason: "size" } : result;
    } finally {
      await client.destroy();
      socket.destroy();
    }
  }

  async function answerOf(
    response: Dispatcher.ResponseData,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<HopResult> {
    const { statusCode, headers, body } = response;
    body.on("error", () => undefined);
    const text = (name: string): string | undefined => [headers[name]].flat()[0];
    if (statusCode >= 300 && statusCode < 400) {
      const location = text("location");
      if (!REDIRECTS.includes(statusCode) || !location) return { ok: false, reason: "redirect" };
      return { ok: "redirect", location };
    }
    if (statusCode !== 200) {
      const retryAfterMs = parseRetryAfterMs(text("retry-after"), clock.now());
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      return { ok: false, reason: "type", httpStatus: statusCode, ...wait };
    }
    const encoding = text("content-encoding");
    if (encoding !== undefined && encoding.toLowerCase() !== "identity") return { ok: false, reason: "size" };
    if (Number(text("content-length") ?? 0) > maxBytes) return { ok: false, reason: "size" };
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    const onAbort = (): void => void body.destroy(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) return { ok: false, reason: "size" };
        chunks.push(chunk);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    return { ok: true, bytes: Buffer.concat(chunks, sizeBytes), contentType: text("content-type") ?? null };
  }

  async function follow(request: SafeFetchRequest, signal: AbortSignal): Promise<SafeFetchResult> {
    let text = request.url;
    let from: URL | undefined;
    for (let redirects = 0; ; redirects += 1) {
      const refused = (reason: RefusalReason): Extract<SafeFetchResult, { ok: false }> =>
        from ? { ok: false, reason: "redirect", because: reason } : { ok: false, reason };
      const vetted = vetUrl(text, policy, request.hosts, from);
      if (!vetted.ok) return refused(vetted.reason);
      if (from?.protocol === "https:" && vetted.url.protocol === "http:") return refused("scheme");
      let result: HopResult;
      try {
        const author = vetted.trusted ? "operator" : request.hosts === undefined ? "member" : "service";
        result = await hop({ ...vetted, from: author }, request.maxBytes, signal);
      } catch (error) {
        if (!(error instanceof Refusal) || error.reason !== "dns") throw error;
        return error.isPrivate ? { ...refused("dns"), isPrivate: true } : refused("dns");
      }
      if (result.ok !== "redirect") return result;
      if (redirects === MAX_REDIRECTS) return { ok: false, reason: "redirect" };
      from = vetted.url;
      text = result.location;
    }
  }

  return async (request) => {
    try {
      return await within(request.totalMs ?? TOTAL_MS, "time", request.signal, (signal) =>
        follow(request, signal),
      );
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, reason: error.reason };
      return { ok: false, reason: request.signal?.aborted ? "time" : "network" };
    }
  };
}
