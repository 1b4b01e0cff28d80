import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import type { AmendCard } from "./amend-card.ts";
import type { Calls, MessageId } from "./calls.ts";
import { answerTo, placeOf } from "./place.ts";
import { isGone, type Poster } from "./post.ts";
import { type ResultRef, readCardRef, readResultRef, writeRef } from "./refs.ts";
import { renderCaption, renderMessage } from "./render.ts";

type Amend = Extract<Outgoing, { kind: "amend" }>;

/**
 * New words under a result that stands there. An edit may be repeated; what does not fit under the picture is put
 * where the first overflow stands, or comes after it once. Telegram has no words for who cannot see a picture.
 */
export function createAmender(calls: Calls, poster: Poster, amendCard: AmendCard) {
  return async ({ reply, resultRef }: Amend, context: SendContext): Promise<SendResult> => {
    // A former try of this same delivery knows how far it came.
    const ref = readResultRef(context.ref) ?? readResultRef(resultRef);
    const card = ref === null ? readCardRef(resultRef) : null;
    if (card?.messageId !== undefined)
      return amendCard(reply, { ...card, messageId: card.messageId }, context);
    if (ref?.messageId === undefined) return { status: "sent", ref: resultRef };
    const message = { chatId: ref.chatId, messageId: ref.messageId };
    const whole = renderCaption(reply, context);
    const caption = ref.inAlbum ? { ...whole, keyboard: undefined } : whole;
    let edited = await calls.editCaption(message, caption, context.signal);
    let { rest } = caption;
    if (!edited.ok && isGone(edited.failure)) {
      // It may have come as words with a link.
      const words = renderMessage(reply, context);
      edited = await calls.editText(message, words, context.signal);
      rest = null;
    }
    if (!edited.ok && isGone(edited.failure)) return { status: "sent", ref: writeRef(ref) };
    if (!edited.ok && edited.failure.kind !== "unchanged")
      return poster.toResult(edited.failure, { repeatable: true, ref: writeRef(ref) });
    return overflow(ref, rest, context);
  };

  async function overflow(ref: ResultRef, rest: string | null, context: SendContext): Promise<SendResult> {
    const { restId, restSent, ...bare } = ref;
    const { chatId } = ref;
    if (restId !== undefined) {
      const standing: MessageId = { chatId, messageId: restId };
      const told =
        rest === null
          ? await calls.remove(standing, context.signal)
          : await calls.editText(standing, { html: rest, rest: null, keyboard: undefined }, context.signal);
      const failure = told.ok ? null : told.failure;
      if (failure !== null && ["flood", "not-done", "no-answer"].includes(failure.kind))
        return poster.toResult(failure, { repeatable: true, ref: writeRef(ref) });
      if (rest === null) return { status: "sent", ref: writeRef(bare) };
      if (failure === null || !isGone(failure)) return { status: "sent", ref: writeRef(ref) };
    } else if (rest === null || restSent) return { status: "sent", ref: writeRef(ref) };
    const told = await calls.follow(answerTo(placeOf(context.target), ref), rest, context.signal);
    if (told.failure !== null)
      return poster.toResult(told.failure, { repeatable: false, ref: writeRef(bare) });
    const added = told.messageId === undefined ? {} : { restId: told.messageId };
    return { status: "sent", ref: writeRef({ ...bare, restSent: true, ...added }) };
  }
}
