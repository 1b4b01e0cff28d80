import { FormData, Pool } from "undici";
import type { Clock } from "../../core/ports/clock.ts";
import type { Secret } from "../../core/secret.ts";
import { createBuckets } from "./buckets.ts";
import type { MessageFile } from "./render.ts";
import { numberIn } from "./wire.ts";

/**
 * What came of one request. Nothing is retried and nothing waits long here: a lost answer or a limit is a value, and
 * the outbox decides (discord.js's own REST repeats POSTs and sleeps on limits).
 */
export type RestResult =
  | { readonly status: "ok"; readonly body: unknown }
  /** Discord said no (4xx): its HTTP status and JSON error code (0: none). Never repeated as it is. */
  | { readonly status: "refused"; readonly http: number; readonly code: number }
  | { readonly status: "limited"; readonly afterMs: number; readonly scope: "chat" | "platform" }
  /** Certainly not received. */
  | { readonly status: "not-sent"; readonly detail: string }
  /** Nobody knows whether it happened: a time-out, a cut connection, a 5xx, an unreadable answer. */
  | { readonly status: "lost"; readonly detail: string };

export interface RestRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** After `/api/v10`. */
  readonly path: string;
  readonly body?: unknown;
  readonly files?: readonly MessageFile[];
  /** False for interactions and their webhooks: the token in the path is the right. */
  readonly authorized?: boolean;
  readonly signal?: AbortSignal;
}

export interface DiscordRest {
  call(request: RestRequest): Promise<RestResult>;
  /** The first answer to an interaction: at once, on connections of its own, outside every limit. */
  callback(interactionId: string, token: string, body: unknown): Promise<RestResult>;
  /** Whether Discord refused our own token: nothing works any more until the operator changes it. */
  isLockedOut(): boolean;
}

/** Errors before a byte of the request went out. */
const NOT_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT/;
const ANSWER_MS = 15_000;
/** The outbox paces by the moments of sending, Discord by those of arrival: the difference is waited here. */
const SHORT_WAIT_MS = 250;
const USER_AGENT = "DiscordBot (https://discord.js.org, 14) Easel/0.1";

export function createRest(options: {
  readonly apiUrl: string;
  readonly token: Secret;
  readonly clock: Clock;
}): DiscordRest {
  const { clock } = options;
  const url = new URL(options.apiUrl);
  const prefix = `${url.pathname.replace(/\/$/, "")}/v10`;
  const pool = {
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    // A new connection costs two or three round trips, so open ones are kept as long as Discord keeps them.
    keepAliveTimeout: 60_000,
    connections: 64,
  };
  const callbacks = new Pool(url.origin, pool);
  const others = new Pool(url.origin, pool);
  const buckets = createBuckets(clock);
  let isLockedOut = false;

  async function send(pool: Pool, request: RestRequest): Promise<RestResult> {
    const { authorized = true } = request;
    const form = request.files?.length ? multipart(request.body, request.files) : undefined;
    try {
      const response = await pool.request({
        method: request.method,
        path: `${prefix}${request.path}`,
        headers: {
          "user-agent": USER_AGENT,
          ...(authorized ? { authorization: `Bot ${options.token.reveal()}` } : {}),
          ...(form === undefined && request.body !== undefined ? { "content-type": "application/json" } : {}),
        },
        body: form ?? (request.body === undefined ? null : JSON.stringify(request.body)),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const text = await response.body.text();
      return understand(request, response.statusCode, response.headers, text);
    } catch (error) {
      const detail = errorCode(error);
      return NOT_SENT.test(detail) ? { status: "not-sent", detail } : { status: "lost", detail };
    }
  }

  function understand(
    request: RestRequest,
    http: number,
    headers: Record<string, string | string[] | undefined>,
    text: string,
  ): RestResult {
    const body = parsed(text);
    if (http === 429) return { status: "limited", ...buckets.refused(request, headers, body) };
    buckets.seen(request, headers);
    if (http >= 500) return { status: "lost", detail: `http ${http}` };
    if (http >= 400) {
      const code = numberIn(body, "code") ?? 0;
      if (http === 401 && request.authorized !== false) isLockedOut = true;
      return { status: "refused", http, code };
    }
    if (http !== 204 && body === undefined) return { status: "lost", detail: "unreadable answer" };
    return { status: "ok", body };
  }

  return {
    async call(request) {
      if (isLockedOut && request.authorized !== false) return { status: "not-sent", detail: "token refused" };
      const nearly = buckets.wait(request);
      if (nearly !== null && nearly.afterMs <= SHORT_WAIT_MS)
        await clock.sleep(nearly.afterMs, request.signal);
      const wait = buckets.wait(request);
      if (wait !== null) return { status: "limited", ...wait };
      return send(others, request);
    },
    callback(interactionId, token, body) {
      const path = `/interactions/${interactionId}/${token}/callback`;
      return send(callbacks, { method: "POST", path, body, authorized: false });
    },
    isLockedOut: () => isLockedOut,
  };
}

function multipart(body: unknown, files: readonly MessageFile[]): FormData {
  const form = new FormData();
  form.append("payload_json", JSON.stringify(body));
  for (const [index, file] of files.entries()) {
    form.append(
      `files[${index}]`,
      new Blob([Uint8Array.from(file.bytes)], { type: file.contentType }),
      file.name,
    );
  }
  return form;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** The error's code, also of the errors behind it (a connect error of several addresses); never its text with a URL. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const own = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const inner = error instanceof AggregateError ? error.errors.map(errorCode) : [];
  const cause = error.cause === undefined ? [] : [errorCode(error.cause)];
  return [own, ...inner, ...cause].join(" ");
}
