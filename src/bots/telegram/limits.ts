import type { PlatformLimits } from "../../core/ports/messenger.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * Source: Bot API ("Sending files", sendMessage, sendPhoto) and the bots FAQ ("My bot is hitting limits"), read
 * 2026-11. Lengths count after entities are parsed. The paces stay below what the FAQ names: about 30 a second
 * overall, one a second in one chat.
 */
export const LIMITS: PlatformLimits = {
  textLength: 4_096,
  captionLength: 1_024,
  buttonsPerRow: 5,
  buttonRows: 20,
  buttonLabelLength: 64,
  albums: true,
  photo: { maxBytes: 10 * MEBIBYTE, maxSideSum: 10_000, maxRatio: 20 },
  videoBytes: 50 * MEBIBYTE,
  fileBytes: 50 * MEBIBYTE,
  editIntervalMs: 3_000,
  // 27.8 a second, one by one: after a burst the server would count late arrivals of it into the next second.
  pace: { overall: { count: 1, perMs: 36 }, chat: { count: 1, perMs: 1_000 } },
};

/** A group takes 20 messages a minute; edits and the members of an album seem to count. */
export const GROUP_PACE = { count: 18, perMs: 60_000 };

/** Characters of a toast or alert, of a command's description, and bytes of a button's data. */
export const ANSWER_CHARS = 200;
export const DESCRIPTION_CHARS = 256;
export const BUTTON_DATA_BYTES = 64;
/** Characters that an empty field shows. */
export const PLACEHOLDER_CHARS = 64;
