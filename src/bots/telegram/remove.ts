import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import { failedAttachment } from "./album.ts";
import type { Calls } from "./calls.ts";
import type { Poster } from "./post.ts";
import { readCardRef, readResultRef, readStatusRef } from "./refs.ts";

/** Takes a message of ours away; what is too old to be deleted is painted over. */
export function createRemover(calls: Calls, poster: Poster) {
  return async (
    { messageRef }: Extract<Outgoing, { kind: "removal" }>,
    context: SendContext,
  ): Promise<SendResult> => {
    const message = readStatusRef(messageRef);
    const ids = [
      message?.messageId,
      readResultRef(messageRef)?.restId,
      ...(readCardRef(messageRef)?.beforeIds ?? []),
    ];
    for (const messageId of ids) {
      if (message === null || messageId === undefined) continue;
      const target = { chatId: message.chatId, messageId };
      let removed = await calls.remove(target, context.signal);
      if (!removed.ok && removed.failure.kind === "undeletable") {
        const nothing = { html: "", rest: null, keyboard: undefined };
        removed = await calls.editFile(target, failedAttachment(), nothing, context.signal);
      }
      if (removed.ok) continue;
      const { kind } = removed.failure;
      if (kind === "flood" || kind === "not-done" || kind === "no-answer")
        return poster.toResult(removed.failure, { repeatable: true });
    }
    return { status: "sent", ref: messageRef };
  };
}
