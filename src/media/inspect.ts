import type { MediaKind } from "../core/ports/generator.ts";
import type { MediaContentType } from "../core/ports/media.ts";
import { type ImageWork, MAX_PIXELS } from "./image-work.ts";
import { readMp4 } from "./mp4.ts";

export interface MediaFacts {
  readonly contentType: MediaContentType;
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
}

/** `page`: text where a file should be, as gateways send it; `unusable`: anything else that is wrong. */
export type Inspection =
  | { readonly status: "fine"; readonly facts: MediaFacts }
  | { readonly status: "page"; readonly detail: string }
  | { readonly status: "unusable"; readonly detail: string };

const EXTENSIONS: Readonly<Record<MediaContentType, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "video/mp4": "mp4",
};

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  return Buffer.from(bytes.subarray(offset, offset + text.length)).toString("latin1") === text;
}

/** Brands of still pictures and of raw photos in the same container: HEIF, AVIF, Canon. */
const STILLS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "crx "];

/** The type by its first bytes; what the sender or the name says does not count. */
export function typeOf(bytes: Uint8Array): MediaContentType | null {
  if (startsWith(bytes, 0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (startsWith(bytes, 0, "\xff\xd8\xff")) return "image/jpeg";
  if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) return "image/webp";
  if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) return "image/gif";
  if (startsWith(bytes, 4, "ftyp") && !STILLS.some((brand) => startsWith(bytes, 8, brand)))
    return "video/mp4";
  return null;
}

/** A web page or an error message in JSON or XML, by its first character. */
function isText(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  return /^(?:\xef\xbb\xbf)?\s*[<{[]/.test(start);
}

const unusable = (detail: string): Inspection => ({ status: "unusable", detail });

/**
 * What a file is, from its bytes alone. A picture is decoded to its end once, small: a cut or broken one is
 * found here and not by the member.
 */
export async function inspect(bytes: Uint8Array, kind: MediaKind, images: ImageWork): Promise<Inspection> {
  if (bytes.length === 0) return { status: "page", detail: "empty" };
  const contentType = typeOf(bytes);
  if (contentType === null) {
    return isText(bytes) ? { status: "page", detail: "text instead of a file" } : unusable("unknown type");
  }
  const extension = EXTENSIONS[contentType];
  if (contentType === "video/mp4") {
    const video = kind === "video" ? readMp4(bytes) : null;
    if (!video) return unusable(kind === "video" ? "broken video" : "video instead of an image");
    return { status: "fine", facts: { contentType, extension, ...video } };
  }
  if (kind === "video") return unusable("image instead of a video");
  const size = await images.run(bytes, async (image) => {
    const { autoOrient, width, height } = await image.metadata();
    if (width * height > MAX_PIXELS) return null;
    await image.clone().resize(16, 16, { fit: "fill", kernel: "nearest" }).raw().toBuffer();
    return { width: autoOrient.width, height: autoOrient.height };
  });
  if (!size) return unusable("broken or too large picture");
  return { status: "fine", facts: { contentType, extension, ...size, durationMs: null } };
}
