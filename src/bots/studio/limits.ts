import type { PlatformLimits } from "../../core/ports/messenger.ts";

const MEBIBYTE = 1024 * 1024;

/** A browser carries anything; media goes to it by link, never through a message. */
export const limits: PlatformLimits = {
  textLength: 20_000,
  captionLength: 20_000,
  buttonsPerRow: 8,
  buttonRows: 20,
  buttonLabelLength: 80,
  albums: false,
  photo: {
    maxBytes: 100 * MEBIBYTE,
    maxSideSum: Number.MAX_SAFE_INTEGER,
    maxRatio: Number.MAX_SAFE_INTEGER,
  },
  videoBytes: 500 * MEBIBYTE,
  fileBytes: 500 * MEBIBYTE,
  editIntervalMs: 1_000,
  pace: { overall: { count: 1_000, perMs: 1_000 }, chat: { count: 100, perMs: 1_000 } },
};

/** Open pages of one member that are told of changes; the oldest is let go for a new one. */
export const PAGES_A_MEMBER = 12;
/** A sign of life for proxies that cut silent connections. */
export const HEARTBEAT_MS = 25_000;
export const BODY_BYTES = 64 * 1024;
/** The largest picture that is taken. */
export const UPLOAD_BYTES = 20 * MEBIBYTE;
/** What the web server passes on: a little more, so that what is just too large is refused in words. */
export const UPLOAD_MOUNT_BYTES = UPLOAD_BYTES + MEBIBYTE;
/** Uploads of one member that may be under way at once, and in an hour: each takes memory, then a day of disk. */
export const UPLOADS_AT_ONCE = 4;
export const UPLOADS_AN_HOUR = 200;
/** What is kept of one member's uploads of a day: it lies there for a day, used or not. */
export const UPLOADED_BYTES_A_DAY = 500 * MEBIBYTE;
/** Bodies of all members that may be held at once, by the lengths that they announce: eight of the largest. */
export const HELD_UPLOAD_BYTES = 8 * UPLOAD_BYTES;
/** A whole body has to be here after this long; 20 MB take 3 Mbit/s. */
export const UPLOAD_MS = 60_000;
/** When it may be tried again where too much was held. */
export const UPLOAD_RETRY_S = 10;
export const SESSION_MS = 30 * 24 * 3_600_000;
export const PAGE_SIZE = 12;
