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
export const SESSION_MS = 30 * 24 * 3_600_000;
export const PAGE_SIZE = 12;
