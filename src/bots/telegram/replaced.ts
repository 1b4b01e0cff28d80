import type { MessageId } from "./calls.ts";

const REMEMBERED = 5_000;

/** Status messages that a result or a notice has taken the place of: their last edits would only be refused. */
export interface Replaced {
  add(message: MessageId): void;
  has(message: MessageId): boolean;
}

/** For what is on its way in this process; after a restart the stored `resultRef` says the same. */
export function createReplaced(): Replaced {
  const known = new Set<string>();
  const keyOf = ({ chatId, messageId }: MessageId): string => `${chatId}:${messageId}`;
  return {
    add(message) {
      if (known.size >= REMEMBERED) known.clear();
      known.add(keyOf(message));
    },
    has: (message) => known.has(keyOf(message)),
  };
}
