import type { MessageId } from "./calls.ts";

const REMEMBERED = 2_000;

/** A message of ours with a file (a post as it will be), and the words that were too long to stand under it. */
export interface Card {
  /** Key of the stored file. */
  readonly fileKey: string;
  readonly before: readonly { readonly messageId: number; readonly html: string }[];
}

/** Cards of this process: what is unchanged is not sent again. A forgotten one is only sent anew. */
export interface Cards {
  get(message: MessageId): Card | undefined;
  set(message: MessageId, card: Card): void;
}

export function createCards(): Cards {
  const known = new Map<string, Card>();
  const keyOf = ({ chatId, messageId }: MessageId): string => `${chatId}:${messageId}`;
  return {
    get: (message) => known.get(keyOf(message)),
    set(message, card) {
      const [oldest] = known.size >= REMEMBERED ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      known.set(keyOf(message), card);
    },
  };
}
