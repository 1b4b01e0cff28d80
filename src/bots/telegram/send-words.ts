import type { Reply } from "../../core/conversation/text.ts";
import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import { attachmentOf } from "./attachments.ts";
import type { Asking, Calls } from "./calls.ts";
import { answerTo, type Place, placeOf, privateTarget } from "./place.ts";
import type { Poster } from "./post.ts";
import { idOf, writeRef } from "./refs.ts";
import { renderCaption, renderMessage } from "./render.ts";
import type { SendCard } from "./send-card.ts";

/** `opens`: what comes in the private chat as soon as it is started; else it has to be asked for again. */
export type StartFirst = (language: string, opens: string | undefined) => Reply;

export type SendWords = (reply: Reply, place: Place, context: SendContext) => Promise<SendResult>;

export interface WordSenderOptions {
  readonly calls: Calls;
  readonly poster: Poster;
  readonly sendCard: SendCard;
  /** Says in a group that the bot must be started in private first, with a link that does. */
  readonly startFirst: StartFirst;
  /** What the empty field shows while a question of this kind (`Reply.asksFor`) is open. */
  readonly placeholder: (asksFor: string, language: string) => string;
}

/** Answers to commands and buttons, and files asked for as they are: always new messages. */
export function createWordSender({ calls, poster, sendCard, startFirst, placeholder }: WordSenderOptions) {
  const asking = ({ asksFor }: Reply, { language }: SendContext): Asking | undefined =>
    asksFor === undefined ? undefined : { placeholder: placeholder(asksFor, language) };

  const sendWords: SendWords = async (reply, place, context) => {
    const rendered = renderMessage(reply, context);
    const posted = await calls.say(place, rendered, context.signal, asking(reply, context));
    if (!posted.ok) return poster.toResult(posted.failure, { repeatable: false });
    const ref = { chatId: posted.chatId, ...idOf(posted.value) };
    if (rendered.rest !== null) await calls.follow(answerTo(place, ref), rendered.rest, context.signal);
    return { status: "sent", ref: writeRef(ref) };
  };

  async function sendReply(
    { reply, media }: Pick<Extract<Outgoing, { kind: "reply" }>, "reply" | "media">,
    context: SendContext,
  ): Promise<SendResult> {
    const asked = placeOf(context.target);
    const place = reply.private ? placeOf(privateTarget(asked)) : asked;
    const sent =
      media === undefined || media.file === null
        ? await sendWords(reply, place, context)
        : await sendCard(reply, media, place, context, asking(reply, context));
    return orHint(sent, place, context);
  }

  /** What is private must not appear in the group: there it only says how to get it. */
  async function orHint(result: SendResult, place: Place, context: SendContext): Promise<SendResult> {
    if (result.status !== "undeliverable" || place.insteadOf === undefined) return result;
    const { insteadOf, userId, opens } = place;
    const hint = startFirst(context.language, opens);
    const told = await sendWords(hint, { ...insteadOf, userId }, context);
    return told.status === "sent" ? told : result;
  }

  async function sendOriginal(
    { media, reply }: Extract<Outgoing, { kind: "original" }>,
    context: SendContext,
  ): Promise<SendResult> {
    if (media.file === null) return sendReply({ reply }, context);
    const attachment = attachmentOf({ ...media, form: "file" }, media.file);
    const caption = renderCaption(reply, context);
    const posted = await calls.sendFile(placeOf(context.target), attachment, caption, context.signal);
    if (!posted.ok) return poster.toResult(posted.failure, { repeatable: false });
    return { status: "sent", ref: writeRef({ chatId: posted.chatId, ...idOf(posted.value) }) };
  }

  return { sendWords, sendReply, sendOriginal, orHint };
}
