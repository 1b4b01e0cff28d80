import type { APIError, Uploadable } from "openai";
import type { ReferenceImage } from "../../core/ports/generator.ts";
import type { BytesHttp, Http, HttpResult } from "../shared/http.ts";
import type { ImageFields, ImageServer } from "./models.ts";
import { refusalSchema } from "./schema.ts";

/**
 * What one request for a picture came to.
 * - `answer`: HTTP 2xx, not looked into yet
 * - `refused`: another status, with what its body says
 * - `not-sent`: the request certainly never left
 * - `lost`: it may have been processed
 */
export type ImagesReply =
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

export interface ImagesClient {
  /** Asks once. With pictures it is an edit of the first; the mask belongs to that one. */
  make(
    fields: ImageFields,
    pictures: readonly ReferenceImage[],
    mask: ReferenceImage | null,
    signal: AbortSignal,
  ): Promise<ImagesReply>;
  /** What the server offers, without cost. */
  models(signal: AbortSignal): Promise<HttpResult>;
  /** The bytes behind a link of the server's own origin; null for any other link and for all that fails. */
  picture(link: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

/** A 4K PNG in base64 is well over 10 MB; this is for all that may come. */
const MAX_BYTES = 80 * 1024 * 1024;
const MAX_LIST_BYTES = 4 * 1024 * 1024;
const LIST_MS = 20_000;
/** Below core's own deadline, which comes by the signal. */
const MARGIN_MS = 60_000;

class NotSent extends Error {}
class Lost extends Error {}

/** A body as the platform would send it: text as it is, a form with its boundary. */
async function contentOf(init: RequestInit | undefined) {
  if (!init?.body) return undefined;
  const encoded = new Response(init.body);
  const type = new Headers(init.headers).get("content-type") ?? encoded.headers.get("content-type") ?? "";
  return { type, bytes: new Uint8Array(await encoded.arrayBuffer()) };
}

/**
 * The Images API through the vendor's library, which shapes the requests. The wire is ours: one connection a
 * request, no repeats, a limit on the answer, and only the headers that are set here, so that neither the
 * library's own environment variables nor its telemetry reach a server.
 */
export function createImagesClient(deps: {
  readonly http: Http & BytesHttp;
  readonly server: ImageServer;
  /** How long the server may take for one picture. */
  readonly startTimeoutMs: number;
}): ImagesClient {
  const { http, server } = deps;
  const timeoutMs = deps.startTimeoutMs + MARGIN_MS;
  const headers = server.key === undefined ? {} : { authorization: `Bearer ${server.key.reveal()}` };

  async function transport(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const content = await contentOf(init);
    const result = await http.bytes({
      method: "POST",
      url: input instanceof Request ? input.url : String(input),
      headers,
      ...(content ? { content } : {}),
      timeoutMs,
      maxBytes: MAX_BYTES,
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

  /** At the first picture: a quarter of a second, and 7 MB (37 unbundled), that a start without one does not pay. */
  async function load() {
    const { OpenAI, APIError, toFile } = await import("openai");
    const { images } = new OpenAI({
      baseURL: server.baseUrl,
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
    const fileOf = ({ bytes, contentType }: ReferenceImage, name: string): Promise<Uploadable> =>
      toFile(bytes, `${name}.${contentType === "image/png" ? "png" : "jpg"}`, { type: contentType });
    const isRefusal = (error: unknown): error is Refusal =>
      error instanceof APIError && typeof error.status === "number";
    return { images, fileOf, isRefusal };
  }
  let loading: ReturnType<typeof load> | undefined;

  return {
    async make(fields, pictures, mask, signal) {
      if (signal.aborted) return { kind: "not-sent" };
      loading ??= load();
      const { images, fileOf, isRefusal } = await loading;
      try {
        if (pictures.length === 0) return { kind: "answer", body: await images.generate(fields, { signal }) };
        const image = await Promise.all(pictures.map((picture, at) => fileOf(picture, `picture-${at + 1}`)));
        const masked = mask === null ? {} : { mask: await fileOf(mask, "mask") };
        return { kind: "answer", body: await images.edit({ ...fields, image, ...masked }, { signal }) };
      } catch (error) {
        if (isRefusal(error)) return refusalOf(error);
        const cause = error instanceof Error ? error.cause : undefined;
        if (cause instanceof NotSent) return { kind: "not-sent" };
        if (signal.aborted) return { kind: "lost", detail: "timeout" };
        return { kind: "lost", detail: cause instanceof Lost ? cause.message : "no answer" };
      }
    },

    models: (signal) =>
      http.call({
        method: "GET",
        url: `${server.baseUrl}/models`,
        headers,
        timeoutMs: LIST_MS,
        maxBytes: MAX_LIST_BYTES,
        signal,
      }),

    async picture(link, signal) {
      const base = new URL(server.baseUrl);
      const url = URL.parse(link, base);
      if (url?.origin !== base.origin) return null;
      const result = await http.bytes({
        method: "GET",
        url: url.href,
        headers: { ...headers, accept: "image/*" },
        timeoutMs: LIST_MS,
        maxBytes: MAX_BYTES,
        signal,
      });
      const isPicture = result.kind === "answer" && result.status === 200 && result.bytes.length > 0;
      return isPicture ? result.bytes : null;
    },
  };
}

type Refusal = APIError<number, Headers, object | undefined>;

function refusalOf(error: Refusal): ImagesReply {
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
