import type { ReferenceImage } from "../../core/ports/generator.ts";
import type { BytesHttp, Http, HttpResult } from "../shared/http.ts";
import { authorization, createLibrary, type ServerReply } from "./library.ts";
import type { ImageFields, ImageServer } from "./models.ts";

export interface ImagesClient {
  /** Asks once. With pictures it is an edit of the first; the mask belongs to that one. */
  make(
    fields: ImageFields,
    pictures: readonly ReferenceImage[],
    mask: ReferenceImage | null,
    signal: AbortSignal,
  ): Promise<ServerReply>;
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

/** The Images API through the vendor's library. */
export function createImagesClient(deps: {
  readonly http: Http & BytesHttp;
  readonly server: ImageServer;
  /** How long the server may take for one picture. */
  readonly startTimeoutMs: number;
}): ImagesClient {
  const { http, server } = deps;
  const timeoutMs = deps.startTimeoutMs + MARGIN_MS;
  const headers = authorization(server.key);
  const { baseUrl, key } = server;
  const library = createLibrary({ http, baseUrl, key, timeoutMs, maxBytes: MAX_BYTES });

  return {
    make: (fields, pictures, mask, signal) =>
      library.ask(async ({ images }, fileOf) => {
        if (pictures.length === 0) return images.generate(fields, { signal });
        const image = await Promise.all(pictures.map((picture, at) => fileOf(picture, `picture-${at + 1}`)));
        const masked = mask === null ? {} : { mask: await fileOf(mask, "mask") };
        return images.edit({ ...fields, image, ...masked }, { signal });
      }, signal),

    models: (signal) =>
      http.call({
        method: "GET",
        url: `${baseUrl}/models`,
        headers,
        timeoutMs: LIST_MS,
        maxBytes: MAX_LIST_BYTES,
        signal,
      }),

    async picture(link, signal) {
      const base = new URL(baseUrl);
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
