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
}

export type IntakeResult =
  | { readonly status: "stored"; readonly media: StoredMedia }
  /** The link is dead (404, 403, 410): a fresh one may help. */
  | { readonly status: "gone" }
  /** Not what it should be (type, size, broken): another look does not help. `detail`: fixed words. */
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
