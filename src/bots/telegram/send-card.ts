import type { Reply } from "../../core/conversation/text.ts";
import type { OutgoingMedia, SendContext, SendResult } from "../../core/ports/messenger.ts";
import { type Attachment, attachmentOf } from "./attachments.ts";
import type { Asking, Calls } from "./calls.ts";
import type { Cards } from "./cards.ts";
import type { Place } from "./place.ts";
import type { Poster } from "./post.ts";
import { idOf, readCardRef, writeRef } from "./refs.ts";
import { type Rendered, renderCard, renderMessage } from "./render.ts";

export type SendCard = (
  reply: Reply,
  media: OutgoingMedia,
  place: Place,
  context: SendContext,
  asks?: Asking,
) => Promise<SendResult>;

/**
 * A reply with the file it speaks of: what is too long to stand under it goes out first, then the file with the
 * buttons. Every part that went out is remembered, so a further try begins after it. A file that the platform does
 * not take in any form leaves the words and the buttons.
 */
export function createCardSender(calls: Calls, poster: Poster, cards: Cards): SendCard {
  return async (reply, media, place, context, asks) => {
    const { signal } = context;
    const { before, caption } = renderCard(reply, context);
    const beforeIds = [...(readCardRef(context.ref)?.beforeIds ?? [])];
    const step = () => ({
      repeatable: false,
      ...(beforeIds.length === 0 ? {} : { ref: writeRef({ chatId: place.chatId, beforeIds }) }),
    });
    for (const html of before.slice(beforeIds.length)) {
      const posted = await calls.say(place, { html, rest: null, keyboard: undefined }, signal);
      if (!posted.ok) return poster.toResult(posted.failure, step());
      beforeIds.push(posted.value);
    }
    for (const attachment of attachmentsOf(media)) {
      const posted = await calls.sendFile(place, attachment, caption, signal, asks);
      if (posted.ok) {
        const ref = { chatId: posted.chatId, ...idOf(posted.value), beforeIds };
        if (reply.media && ref.messageId !== undefined) {
          const told = beforeIds.map((messageId, at) => ({ messageId, html: before[at] ?? "" }));
          const card = { fileKey: reply.media.file.key, before: told };
          cards.set({ chatId: ref.chatId, messageId: ref.messageId }, card);
        }
        return { status: "sent", ref: writeRef(ref) };
      }
      const { kind } = posted.failure;
      if (kind !== "too-large" && kind !== "refused") return poster.toResult(posted.failure, step());
    }
    const words = before.length === 0 ? renderMessage(reply, context) : standingAlone(caption);
    const posted = await calls.say(place, words, signal, asks);
    if (!posted.ok) return poster.toResult(posted.failure, step());
    return { status: "sent", ref: writeRef({ chatId: posted.chatId, ...idOf(posted.value), beforeIds }) };
  };
}

/** As it should look, then as a plain file. */
function attachmentsOf(media: OutgoingMedia): Attachment[] {
  if (media.file === null) return [];
  const best = attachmentOf(media, media.file);
  return best.type === "document" ? [best] : [best, attachmentOf({ ...media, form: "file" }, media.file)];
}

/** A caption may be empty, a message may not. */
function standingAlone(caption: Rendered): Rendered {
  return caption.html === "" ? { ...caption, html: "…" } : caption;
}
