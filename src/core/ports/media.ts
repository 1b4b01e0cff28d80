import type { AssetId } from "../identifiers.ts";
import type { MediaKind } from "./generator.ts";

export type MediaContentType = "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "video/mp4";

/** Facts about a stored file, read from its bytes. */
export interface StoredMedia {
  /** `<asset id>/<sha256>.<ext>` */
  readonly key: string;
  readonly contentType: MediaContentType;
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
  /** Videos only. */
  readonly durationMs: number | null;
  /** Hex. */
  readonly sha256: string;
}

/**
 * Files by key. A key is written once and never changes, so every operation may be repeated.
 *
 * @throws AppError STORE_UNAVAILABLE when the store cannot be reached or written.
 */
export interface MediaStore {
  /** Durable when it resolves: nobody ever sees half a file. */
  put(key: string, bytes: Uint8Array, contentType: MediaContentType): Promise<void>;
  /** The whole file, or null where there is none. */
  read(key: string): Promise<Uint8Array | null>;
  /** A part of the file (`end` is inclusive) as a stream with its total size, or null where there is none. */
  stream(
    key: string,
    range?: { start: number; end?: number },
  ): Promise<{ body: ReadableStream<Uint8Array>; totalBytes: number } | null>;
  /** Removes every file whose key starts with `<prefix>/`. Nothing there is no error. */
  remove(prefix: string): Promise<void>;
  /** Every key that starts with `start` (empty: all), in no order, a page at a time inside. */
  keys(start: string): AsyncIterable<string>;
}

export type IntakeResult =
  | { readonly status: "stored"; readonly media: StoredMedia }
  /** The link is dead (404, 403, 410): a fresh one may help. */
  | { readonly status: "gone" }
  /** Not what it should be (a page, type, size, broken): another look seldom helps. `detail`: fixed words. */
  | { readonly status: "unusable"; readonly detail: string }
  /** Not reached, cut or too slow this time. */
  | { readonly status: "unreachable"; readonly detail: string; readonly retryAfterMs?: number };

/** The one way in for media that somebody else made: guard, check by bytes, hash, store. */
export interface MediaIntake {
  fromUrl(
    assetId: AssetId,
    kind: MediaKind,
    url: string,
    hosts: { readonly suffixes: readonly string[]; readonly trustedOrigins: readonly string[] },
    signal: AbortSignal,
  ): Promise<IntakeResult>;
  fromBytes(assetId: AssetId, kind: MediaKind, bytes: Uint8Array): Promise<IntakeResult>;
}

/** Our copy of a picture that a member sent, or of the mask that belongs to it. */
export interface StoredReference extends StoredMedia {
  readonly role: "picture" | "mask";
}

export type ReferenceResult =
  | { readonly status: "stored"; readonly reference: StoredReference }
  /**
   * Nothing was kept.
   * - `not-allowed`: the link is none that may be fetched (private address, odd port, not https, credentials in it)
   * - `unreachable`: the host did not answer, or too slowly, or with an error
   * - `gone`: the link is dead, or the file is not there any more
   * - `too-large`: more bytes or pixels than are taken
   * - `not-a-picture`: none of PNG, JPEG, WebP, GIF (a page, a video, SVG)
   * - `broken`: says it is a picture and cannot be decoded to its end
   */
  | {
      readonly status: "refused";
      readonly why: "not-allowed" | "unreachable" | "gone" | "too-large" | "not-a-picture" | "broken";
      /** Fixed words for the log. */
      readonly detail: string;
    };

/**
 * The one way in for pictures from members: size, type by bytes, decoded under a pixel limit apart from this
 * process, drawn anew without metadata, stored as `<prefix>/<sha256>.<png|jpg>`. At most 20 MB and 40 megapixels in,
 * at most 2,048 pixels a side out. A mask is kept as a PNG with its transparency.
 */
export interface ReferenceIntake {
  fromUrl(
    prefix: string,
    role: StoredReference["role"],
    url: string,
    /** Missing: a link that a member pasted, any public host by https. */
    hosts: { readonly suffixes: readonly string[]; readonly trustedOrigins: readonly string[] } | undefined,
    signal: AbortSignal,
  ): Promise<ReferenceResult>;
  fromBytes(prefix: string, role: StoredReference["role"], bytes: Uint8Array): Promise<ReferenceResult>;
}

/** A smaller JPEG of a stored picture, for where the original is too large. Null: it cannot be made (a video). */
export interface MediaPreviews {
  preview(
    media: StoredMedia,
    limits: { readonly maxBytes: number; readonly maxSide: number },
  ): Promise<{ readonly bytes: Uint8Array; readonly width: number; readonly height: number } | null>;
}

/** Signed, expiring links to stored media. */
export interface MediaLinks {
  /** For a chat; null where nobody outside could open one (no `PUBLIC_URL`). */
  link(key: string): string | null;
  /** Path and query on this server, for a page of ours; the same for hours, so that nothing is loaded twice. */
  path(key: string): string;
}

/** A stored picture made to fit a network's frame, stored under the same prefix; null: it cannot be made. */
export interface PictureFitter {
  fit(
    media: StoredMedia,
    how:
      | {
          readonly mode: "crop" | "pad" | "blur";
          readonly ratio: { readonly width: number; readonly height: number };
          readonly maxWidth: number;
          readonly maxBytes: number;
        }
      | {
          readonly mode: "same";
          readonly maxWidth: number;
          readonly maxHeight: number;
          readonly maxBytes: number;
        },
  ): Promise<StoredMedia | null>;
}
