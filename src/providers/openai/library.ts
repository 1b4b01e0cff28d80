import type { APIError, OpenAI, Uploadable } from "openai";
import type { ReferenceImage } from "../../core/ports/generator.ts";
import type { Secret } from "../../core/secret.ts";
import type { BytesHttp } from "../shared/http.ts";
import { refusalSchema } from "./schema.ts";

/**
 * What one request came to.
 * - `answer`: HTTP 2xx, not looked into yet
 * - `refused`: another status, with what its body says
 * - `not-sent`: the request certainly never left
 * - `lost`: it may have been processed
 */
export type ServerReply =
  | { readonly kind: "answer"; readonly body: unknown }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string | null;
      readonly param: string | null;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "not-sent" }
  | { readonly kind: "lost"; readonly detail: string };

export interface Library {
  /** Asks once, by whichever method of the library `call` uses. Never rejects. */
  ask(call: (openai: OpenAI, fileOf: FileOf) => Promise<unknown>, signal: AbortSignal): Promise<ServerReply>;
}

/** A picture as a form takes it. */
export type FileOf = (picture: ReferenceImage, name: string) => Promise<Uploadable>;

class NotSent extends Error {}
class Lost extends Error {}

/** A body as the platform would send it: text as it is, a form with its boundary. */
async function contentOf(init: RequestInit | undefined) {
  if (!init?.body) return undefined;
  const encoded = new Response(init.body);
  const type = new Headers(init.headers).get("content-type") ?? encoded.headers.get("content-type") ?? "";
  return { type, bytes: new Uint8Array(await encoded.arrayBuffer()) };
}

export const authorization = (key: Secret | undefined): Readonly<Record<string, string>> =>
  key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` };

/**
 * The vendor's library, which shapes the requests. The wire is ours: one connection a request, no repeats, a limit on
 * the answer, and only the headers that are set here, so that neither the library's own environment variables nor its
 * telemetry reach a server. See docs/decisions/0011-openai-for-pictures.md.
 */
export function createLibrary(deps: {
  readonly http: BytesHttp;
  /** With `/v1`, without a slash at its end. */
  readonly baseUrl: string;
  /** Undefined: none is sent. */
  readonly key: Secret | undefined;
  /** For the whole call where no signal ends it before. */
  readonly timeoutMs: number;
  /** Of one answer. */
  readonly maxBytes: number;
}): Library {
  const { http, baseUrl, timeoutMs, maxBytes } = deps;
  const headers = authorization(deps.key);

  async function transport(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const content = await contentOf(init);
    const result = await http.bytes({
      method: "POST",
      url: input instanceof Request ? input.url : String(input),
      headers,
      ...(content ? { content } : {}),
      timeoutMs,
      maxBytes,
      once: true,
      signal: init?.signal ?? AbortSignal.timeout(timeoutMs),
    });
    if (result.kind === "not-sent") throw new NotSent(result.detail);
    if (result.kind === "lost") throw new Lost(result.detail);
    const { status, bytes, contentType, retryAfterMs } = result;
    return new Response(bytes.length === 0 ? null : bytes, {
      status,
      headers: {
        "content-type": contentType ?? "application/json",
        ...(retryAfterMs === undefined ? {} : { "retry-after-ms": String(retryAfterMs) }),
      },
    });
  }

  /** At the first request: a quarter of a second, and 7 MB (37 unbundled), that a start without one does not pay. */
  async function load() {
    const { OpenAI, APIError, toFile } = await import("openai");
    const openai = new OpenAI({
      baseURL: baseUrl,
      // The library insists on one; what is sent is decided above.
      apiKey: "unused",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: timeoutMs,
      logLevel: "off",
      // With its own Response the library need not try out which kind of form this fetch takes.
      fetch: Object.assign(transport, { Response }),
    });
    const fileOf: FileOf = ({ bytes, contentType }, name) =>
      toFile(bytes, `${name}.${contentType === "image/png" ? "png" : "jpg"}`, { type: contentType });
    const isRefusal = (error: unknown): error is Refusal =>
      error instanceof APIError && typeof error.status === "number";
    return { openai, fileOf, isRefusal };
  }
  let loading: ReturnType<typeof load> | undefined;

  return {
    async ask(call, signal) {
      if (signal.aborted) return { kind: "not-sent" };
      loading ??= load();
      const { openai, fileOf, isRefusal } = await loading;
      try {
        return { kind: "answer", body: await call(openai, fileOf) };
      } catch (error) {
        if (isRefusal(error)) return refusalOf(error);
        const cause = error instanceof Error ? error.cause : undefined;
        if (cause instanceof NotSent) return { kind: "not-sent" };
        if (signal.aborted) return { kind: "lost", detail: "timeout" };
        return { kind: "lost", detail: cause instanceof Lost ? cause.message : "no answer" };
      }
    },
  };
}

type Refusal = APIError<number, Headers, object | undefined>;

function refusalOf(error: Refusal): ServerReply {
  const { code, param, message } = refusalSchema.parse(error.error);
  const wait = error.headers.get("retry-after-ms");
  return {
    kind: "refused",
    status: error.status,
    code: code ?? null,
    param: param ?? null,
    message: (message ?? "").slice(0, 2_000),
    retryAfterMs: wait === null ? undefined : Number(wait),
  };
}
