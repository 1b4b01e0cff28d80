import { createHash } from "node:crypto";
import { badRequest } from "./wire.ts";

export type MediaKind = "photo" | "video" | "document" | "sticker" | "animation";

/** Limits of uploads. Source: Bot API, "Sending files" and sendPhoto, read 2026-11. */
export const PHOTO_BYTES = 10 * 1024 * 1024;
export const DOWNLOAD_BYTES = 20 * 1024 * 1024;
const PHOTO_SIDES = 10_000;
const PHOTO_RATIO = 20;

export interface Sniffed {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  /** Whole seconds; 0 for pictures. */
  readonly durationSeconds: number;
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What a file is by its bytes; undefined for anything but PNG, JPEG, GIF, WebP and MP4. */
export function sniff(bytes: Buffer): Sniffed | undefined {
  const picture = sniffPicture(bytes);
  if (picture !== undefined) return { ...picture, durationSeconds: 0 };
  if (bytes.length > 12 && bytes.toString("latin1", 4, 8) === "ftyp") return sniffMp4(bytes);
  return undefined;
}

function sniffPicture(bytes: Buffer): Omit<Sniffed, "durationSeconds"> | undefined {
  if (bytes.length < 24) return undefined;
  if (bytes.readUInt32BE(0) === 0x89504e47)
    return { mime: "image/png", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.toString("latin1", 0, 4) === "GIF8")
    return { mime: "image/gif", width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP")
    return sniffWebp(bytes);
  if (bytes.readUInt16BE(0) === 0xffd8) return sniffJpeg(bytes);
  return undefined;
}

function sniffWebp(bytes: Buffer): Omit<Sniffed, "durationSeconds"> | undefined {
  if (bytes.length < 30) return undefined;
  const mime = "image/webp";
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { mime, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = bytes.readUInt32LE(21);
      return { mime, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { mime, width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

function sniffJpeg(bytes: Buffer): Omit<Sniffed, "durationSeconds"> | undefined {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { mime: "image/jpeg", height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function sniffMp4(bytes: Buffer): Sniffed {
  let width = 0;
  let height = 0;
  let durationSeconds = 0;
  const movie = bytes.indexOf("mvhd", 0, "latin1");
  if (movie !== -1 && bytes[movie + 4] === 0 && movie + 24 <= bytes.length) {
    const scale = bytes.readUInt32BE(movie + 16);
    if (scale > 0) durationSeconds = Math.round(bytes.readUInt32BE(movie + 20) / scale);
  }
  for (let at = bytes.indexOf("tkhd", 0, "latin1"); at !== -1; at = bytes.indexOf("tkhd", at + 4, "latin1")) {
    const sizes = at + 4 + (bytes[at + 4] === 1 ? 88 : 76);
    if (sizes + 8 > bytes.length) break;
    width = Math.max(width, bytes.readUInt32BE(sizes) >>> 16);
    height = Math.max(height, bytes.readUInt32BE(sizes + 4) >>> 16);
  }
  return { mime: "video/mp4", width, height, durationSeconds };
}

/** Throws as the server does for a picture that cannot be a photo. */
export function checkPhoto(bytes: Buffer, sniffed: Sniffed | undefined): void {
  if (bytes.length > PHOTO_BYTES)
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is 10485760 bytes`,
    );
  if (sniffed === undefined || !sniffed.mime.startsWith("image/")) throw badRequest("IMAGE_PROCESS_FAILED");
  const { width, height } = sniffed;
  if (width + height > PHOTO_SIDES || Math.max(width, height) > PHOTO_RATIO * Math.min(width, height))
    throw badRequest("PHOTO_INVALID_DIMENSIONS");
}
