import { Agent, type Dispatcher } from "undici";
import { AppError } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";

/** One request to a store on the network, signed and ready. */
export interface WireRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** The store said no, and saying it again would not help. `reason` is the service's own code word. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly reason: string;
}

export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  /** A header by its name in lower case. */
  header(name: string): string | null;
}

export interface WholeAnswer extends Answer {
  readonly bytes: Uint8Array;
}

export interface OpenAnswer extends Answer {
  /** From `content-length`. */
  readonly sizeBytes: number;
  /**
   * The body's next part, null at its end (undici counts: a body shorter than it was announced is an error). Every
   * wait has its own deadline. @throws AppError STORE_UNAVAILABLE
   */
  next(): Promise<Uint8Array | null>;
  /** Ends the connection where the rest is not wanted. */
  cancel(): void;
}

/**
 * What a service's error answer means: the HTTP status is not always the true one (Supabase answers 400 to all). Of a
 * body that cannot be read it gives the status as it is and a fixed word.
 */
export type Explain = (
  status: number,
  body: string,
) => { readonly status: number; readonly reason: string; readonly passing?: boolean };

/** Requests to one store. Every one may be repeated, since a key never changes its content. */
export interface RemoteCalls {
  /** @throws AppError STORE_UNAVAILABLE after three tries that were not answered, or by 5xx and 429 only. */
  whole(operation: string, make: () => WireRequest | Promise<WireRequest>): Promise<WholeAnswer | Refused>;
  /** As `whole`, but hands over the body while it still arrives. */
  open(operation: string, make: () => WireRequest | Promise<WireRequest>): Promise<OpenAnswer | Refused>;
  /** The error for a refusal that is no expected answer. */
  unavailable(operation: string, refused: { readonly status: number; readonly reason: string }): AppError;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** For the head of an answer, and for each next part of a body that is streamed. */
const WAIT_MS = 60_000;
/** Below this a connection counts as hung: what a body of known size may take besides `WAIT_MS`. */
const SLOWEST_BYTES_PER_MS = 256;
/** Between the tries. Longer waits are the caller's, who knows what may wait. */
const PAUSES_MS = [250, 1_000];
/** Nothing of ours is larger: 200 MB is the largest file that is taken in. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/** Statuses that a moment may change. */
const PASSING = new Set([408, 429]);
/** A service's code words and nothing else of its answer may stand in a log. */
const REASON = /^[A-Za-z][A-Za-z0-9 _.-]{0,59}$/;

/** Nobody knows whether it was done. `reason` is a fixed word. */
class Lost extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(reason: string, status = 0) {
    super(reason);
    this.reason = reason;
    this.status = status;
  }
}

export function createRemoteCalls(deps: {
  /** `s3`, `supabase` */
  readonly store: string;
  readonly clock: Clock;
  readonly explain: Explain;
}): RemoteCalls {
  const { store, clock, explain } = deps;
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false });

  const unavailable: RemoteCalls["unavailable"] = (operation, { status, reason }) =>
    new AppError("STORE_UNAVAILABLE", `the ${store} media store`, {
      retry: "backoff",
      context: { operation, status, reason: REASON.test(reason) ? reason : "unreadable" },
    });

  /** Runs `work` with a signal that is aborted after `delayMs`; whatever fails then failed by the deadline. */
  async function within<Result>(
    delayMs: number,
    connection: AbortController,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const done = new AbortController();
    let isLate = false;
    void clock.sleep(delayMs, done.signal).then(() => {
      if (done.signal.aborted) return;
      isLate = true;
      connection.abort();
    });
    try {
      return await work();
    } catch (error) {
      if (error instanceof Lost) throw error;
      throw new Lost(isLate ? "timeout" : wireCodeOf(error));
    } finally {
      done.abort();
    }
  }

  async function send(request: WireRequest): Promise<OpenAnswer | Refused> {
    const connection = new AbortController();
    const url = new URL(request.url);
    const allowedMs = WAIT_MS + (request.body?.length ?? 0) / SLOWEST_BYTES_PER_MS;
    const response = await within(allowedMs, connection, () =>
      agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: connection.signal,
      }),
    );
    const answer = openAnswer(response, connection);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const text = Buffer.from(await gather(answer, MAX_ERROR_BYTES)).toString("utf8");
    const { status, reason, passing } = explain(answer.status, text);
    if (passing === true || status >= 500 || PASSING.has(status)) throw new Lost(reason, status);
    return { kind: "refused", status, reason };
  }

  function openAnswer(response: Dispatcher.ResponseData, connection: AbortController): OpenAnswer {
    // After a cancellation nobody listens any more.
    response.body.on("error", () => undefined);
    const parts = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const header = (name: string): string | null => [response.headers[name]].flat()[0] ?? null;
    const sizeBytes = Number(header("content-length") ?? Number.NaN);
    return {
      kind: "answer",
      status: response.statusCode,
      header,
      sizeBytes,
      async next() {
        const part = await within(WAIT_MS, connection, () => parts.next());
        return part.done === true ? null : part.value;
      },
      cancel() {
        connection.abort();
      },
    };
  }

  /** The whole body; ends the connection where it is larger than `maxBytes` or slower than a file may be. */
  async function gather(answer: OpenAnswer, maxBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const beganAtMs = clock.monotonicMs();
    let sizeBytes = 0;
    for (let part = await answer.next(); part !== null; part = await answer.next()) {
      parts.push(part);
      sizeBytes += part.length;
      const isSlow = clock.monotonicMs() - beganAtMs > WAIT_MS + sizeBytes / SLOWEST_BYTES_PER_MS;
      if (sizeBytes <= maxBytes && !isSlow) continue;
      answer.cancel();
      throw new Lost(isSlow ? "timeout" : "too large");
    }
    return Buffer.concat(parts, sizeBytes);
  }

  async function insist<Result>(operation: string, attempt: () => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        const pauseMs = PAUSES_MS[tries];
        if (pauseMs === undefined) throw unavailable(operation, error);
        await clock.sleep(pauseMs);
      }
    }
  }

  return {
    unavailable,
    whole: (operation, make) =>
      insist(operation, async () => {
        const answer = await send(await make());
        if (answer.kind === "refused") return answer;
        return { ...answer, bytes: await gather(answer, MAX_FILE_BYTES) };
      }),
    open: (operation, make) =>
      insist(operation, async () => {
        const answer = await send(await make());
        if (answer.kind === "refused") return answer;
        const told = (error: unknown): unknown =>
          error instanceof Lost ? unavailable(operation, error) : error;
        return {
          ...answer,
          next: () =>
            answer.next().catch((error: unknown) => {
              throw told(error);
            }),
        };
      }),
    close: () => agent.destroy(),
  };
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET` …; an error's text may hold an address. */
function wireCodeOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "cut";
}
