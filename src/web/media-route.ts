import type { MediaStore } from "../core/ports/media.ts";
import { type Range, readRange } from "./ranges.ts";

/** Checks links that come back; see src/media/links.ts. */
export interface LinkCheck {
  verify(
    key: string,
    expires: string | null | undefined,
    signature: string | null | undefined,
  ): "fine" | "expired" | "wrong";
}

/** `<asset id>/<sha256>.<ext>`, and what each extension is served as, whatever its bytes may look like. */
const KEY = /^([A-Za-z0-9][A-Za-z0-9_-]{0,99})\/([0-9a-f]{64})\.([a-z0-9]{2,5})$/;
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["gif", "image/gif"],
  ["mp4", "video/mp4"],
]);

/** A file's content never changes under its key; the link itself dies in a day. */
const CACHE = "private, max-age=86400, immutable";
/** Opened by itself it is a document of its own: it may show itself and do nothing else. */
const POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/** Serves `GET` and `HEAD` of `/media/<key>?expires=…&signature=…`. Wrong, old and missing links look the same. */
export function createMediaRoute(
  media: MediaStore,
  links: LinkCheck,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const key = url.pathname.replace(/^\/media\//, "");
    const [, assetId = "", hash = "", extension = ""] = KEY.exec(key) ?? [];
    const contentType = CONTENT_TYPES.get(extension);
    const allowed =
      contentType !== undefined &&
      links.verify(key, url.searchParams.get("expires"), url.searchParams.get("signature")) === "fine";
    if (!allowed) return notFound();

    const etag = `"${hash}"`;
    const disposition = url.searchParams.has("download") ? "attachment" : "inline";
    const headers: Record<string, string> = {
      "Content-Type": contentType,
      "Content-Disposition": `${disposition}; filename="easel-${assetId.slice(-8)}.${extension}"`,
      "Cache-Control": CACHE,
      "Content-Security-Policy": POLICY,
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Accept-Ranges": "bytes",
      ETag: etag,
    };
    if (request.headers.get("If-None-Match") === etag) return new Response(null, { status: 304, headers });
    const condition = request.headers.get("If-Range");
    const wanted: Range =
      condition !== null && condition !== etag
        ? { kind: "all" }
        : readRange(request.headers.get("Range") ?? undefined);
    const part = await open(media, key, wanted);
    if (part === null) return notFound();
    if (part.start >= part.totalBytes && wanted.kind !== "all") {
      await part.body.cancel();
      return new Response(null, {
        status: 416,
        headers: { ...headers, "Content-Range": `bytes */${part.totalBytes}` },
      });
    }
    headers["Content-Length"] = String(part.end - part.start + 1);
    if (wanted.kind !== "all")
      headers["Content-Range"] = `bytes ${part.start}-${part.end}/${part.totalBytes}`;
    const status = wanted.kind === "all" ? 200 : 206;
    if (request.method === "HEAD") {
      await part.body.cancel();
      return new Response(null, { status, headers });
    }
    return new Response(part.body, { status, headers });
  };
}

interface Part {
  readonly body: ReadableStream<Uint8Array>;
  readonly totalBytes: number;
  readonly start: number;
  /** Of the last byte, inclusive. */
  readonly end: number;
}

async function open(media: MediaStore, key: string, wanted: Range): Promise<Part | null> {
  if (wanted.kind === "tail") {
    const probe = await media.stream(key, { start: 0, end: 0 });
    if (probe === null) return null;
    await probe.body.cancel();
    const start = Math.max(0, probe.totalBytes - wanted.length);
    return open(media, key, { kind: "part", start: wanted.length === 0 ? probe.totalBytes : start });
  }
  const start = wanted.kind === "part" ? wanted.start : 0;
  const end = wanted.kind === "part" ? wanted.end : undefined;
  const found = await media.stream(
    key,
    wanted.kind === "all" ? undefined : { start, ...(end === undefined ? {} : { end }) },
  );
  if (found === null) return null;
  const last = found.totalBytes - 1;
  return { ...found, start, end: end === undefined ? last : Math.min(end, last) };
}

function notFound(): Response {
  return Response.json({ error: "Not found" }, { status: 404 });
}
