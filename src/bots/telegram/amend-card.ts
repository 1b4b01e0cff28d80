import type { Reply } from "../../core/conversation/text.ts";
import type { SendContext, SendResult } from "../../core/ports/messenger.ts";
import type { Calls } from "./calls.ts";
import type { Cards } from "./cards.ts";
import type { Failure } from "./errors.ts";
import { isGone, type Poster } from "./post.ts";
import { type CardRef, writeRef } from "./refs.ts";
import { renderCaption, renderCard, renderMessage } from "./render.ts";

export type AmendCard = (
  reply: Reply,
  card: CardRef & { readonly messageId: number },
  context: SendContext,
) => Promise<SendResult>;

/**
 * New words and buttons for a card that stands there with its file. What stood before the file is changed with it, or
 * taken away where everything fits under the file now; nothing can be put before it any more. Edits may be repeated.
 */
export function createCardAmender(calls: Calls, poster: Poster, cards: Cards): AmendCard {
  return async (reply, card, context) => {
    const { chatId, messageId, beforeIds } = card;
    const { signal } = context;
    const whole = renderCard(reply, context);
    const isRoomy = whole.before.length <= beforeIds.length;
    const before = isRoomy ? whole.before : [];
    const caption = isRoomy ? whole.caption : { ...renderCaption(reply, context), rest: null };
    const sent: SendResult = { status: "sent", ref: writeRef(card) };
    const failedBy = (failure: Failure): SendResult =>
      poster.toResult(failure, { repeatable: true, ref: writeRef(card) });

    // The buttons first: they are what must not be pressed any more.
    let edited = await calls.editCaption({ chatId, messageId }, caption, signal);
    if (!edited.ok && isGone(edited.failure))
      // It may have come as words.
      edited = await calls.editText({ chatId, messageId }, renderMessage(reply, context), signal);
    if (!edited.ok && isGone(edited.failure)) return sent;
    if (!edited.ok && edited.failure.kind !== "unchanged") return failedBy(edited.failure);

    const standing: { messageId: number; html: string }[] = [];
    for (const [at, id] of beforeIds.entries()) {
      const html = before[at];
      const message = { chatId, messageId: id };
      const told =
        html === undefined
          ? await calls.remove(message, signal)
          : await calls.editText(message, { html, rest: null, keyboard: undefined }, signal);
      if (!told.ok && ["flood", "not-done", "no-answer"].includes(told.failure.kind))
        return failedBy(told.failure);
      if (html !== undefined) standing.push({ messageId: id, html });
    }
    const message = { chatId, messageId };
    if (reply.media) cards.set(message, { fileKey: reply.media.file.key, before: standing });
    const beforeLeft = standing.map((one) => one.messageId);
    return { status: "sent", ref: writeRef({ ...card, beforeIds: beforeLeft }) };
  };
}
