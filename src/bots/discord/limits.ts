import type { PlatformLimits } from "../../core/ports/messenger.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * Sources: Discord documentation (Create Message, Component Reference, Rate Limits), read 2026-11. Pictures have no
 * limit of sides.
 *
 * 50 requests a second are allowed over all; five stay free for what is not a delivery, and the rest is spread over
 * the second: two bursts of 45 arrive in one second of Discord's when the way there takes longer for the first. A
 * channel takes 5 messages in 5 s; what is over is for the way there as well.
 */
export const limits: PlatformLimits = {
  textLength: 2000,
  captionLength: 2000,
  buttonsPerRow: 5,
  buttonRows: 5,
  buttonLabelLength: 80,
  albums: false,
  photo: {
    maxBytes: 10 * MEBIBYTE,
    maxSideSum: Number.MAX_SAFE_INTEGER,
    maxRatio: Number.MAX_SAFE_INTEGER,
  },
  videoBytes: 10 * MEBIBYTE,
  fileBytes: 10 * MEBIBYTE,
  editIntervalMs: 3000,
  pace: { overall: { count: 9, perMs: 200 }, chat: { count: 5, perMs: 5050 } },
};

/** Characters of a thread's name. */
export const THREAD_NAME_LENGTH = 100;
/** Characters of an attachment's description. */
export const ALT_TEXT_LENGTH = 1024;
/** Characters of a link button's URL. */
export const LINK_LENGTH = 512;

/** An interaction's token lives 15 minutes; the last one is left for what is on its way. */
export const TOKEN_MS = 14 * 60_000;
/** The first answer must be there after 3 s; what is older than this when it comes in is not answered in time. */
export const STALE_MS = 2500;

/** Largest picture that is taken from a member: what core takes in, known from Discord before a byte is fetched. */
export const PICTURE_BYTES = 20 * MEBIBYTE;
