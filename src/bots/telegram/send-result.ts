import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import { failedAttachment } from "./album.ts";
import { type Announce, LONG_WAIT_MS } from "./announce.ts";
import { attachmentOf } from "./attachments.ts";
import type { Calls, MessageId } from "./calls.ts";
import { answerTo, placeOf } from "./place.ts";
import { isGone, type Poster } from "./post.ts";
import { idOf, type ResultRef, readResultRef, readStatusRef, writeRef } from "./refs.ts";
import { type Rendered, renderCaption, renderMessage } from "./render.ts";
import type { Replaced } from "./replaced.ts";
import type { SendWords } from "./send-words.ts";

type Result = Extract<Outgoing, { kind: "result" }>;
type Notice = Extract<Outgoing, { kind: "notice" }>;

export interface ResultSenderOptions {
  readonly calls: Calls;
  readonly announce: Announce;
  readonly poster: Poster;
  readonly sendWords: SendWords;
  readonly replaced: Replaced;
}

/**
 * Results and notices take the place of what stands there: the status message, or a placeholder in the album. An
 * edit may be repeated, so a lost answer shows nothing twice. Only where nothing is left to edit they come anew.
 */
export function createResultSender({ calls, announce, poster, sendWords, replaced }: ResultSenderOptions) {
  async function sendResult(result: Result, context: SendContext): Promise<SendResult> {
    const place = placeOf(context.target);
    const caption = renderCaption(result.reply, context);
    let ref = readResultRef(context.ref);
    if (ref === null) {
      const placed = await put(result, context, caption);
      if ("status" in placed) return placed;
      ref = placed;
    }
    if (caption.rest !== null && !ref.restSent) {
      const told = await calls.follow(answerTo(place, ref), caption.rest, context.signal);
      if (told.failure !== null)
        return poster.toResult(told.failure, { repeatable: false, ref: writeRef(ref) });
      ref = { ...ref, restSent: true, ...(told.messageId === undefined ? {} : { restId: told.messageId }) };
    }
    // A batch is announced once, with its last status.
    if (ref.edited && result.count === 1 && !ref.announced && result.waitedMs > LONG_WAIT_MS) {
      const failure = await announce(result.reply, ref, context);
      if (failure !== null) return poster.toResult(failure, { repeatable: false, ref: writeRef(ref) });
      ref = { ...ref, announced: true };
    }
    return { status: "sent", ref: writeRef(ref) };
  }

  async function put(
    result: Result,
    context: SendContext,
    caption: Rendered,
  ): Promise<ResultRef | SendResult> {
    const { media, reply } = result;
    const place = placeOf(context.target);
    const message = standingMessage(result, result.index);
    const attachment = media.file === null ? null : attachmentOf(media, media.file);
    // A member of an album can only become a photo or a video: a document comes as an answer to it.
    const isMisfit = result.count > 1 && attachment?.type === "document";
    if (message !== null && !isMisfit) {
      const bare = result.count > 1 ? { ...caption, keyboard: undefined } : caption;
      const edited =
        attachment !== null
          ? await calls.editFile(message, attachment, bare, context.signal)
          : result.count > 1
            ? await calls.editCaption(message, bare, context.signal)
            : await calls.editText(message, renderMessage(reply, context), context.signal);
      if (edited.ok || edited.failure.kind === "unchanged") {
        replaced.add(message);
        return {
          ...message,
          edited: true,
          ...(result.count > 1 ? { inAlbum: true } : {}),
          ...(attachment === null ? { restSent: true } : {}),
        };
      }
      // Refused for what we have no word for: certainly not done, so it comes anew.
      if (!isGone(edited.failure) && edited.failure.kind !== "refused")
        return poster.toResult(edited.failure, { repeatable: true });
    }
    const answered = message !== null && isMisfit ? answerTo(place, message) : place;
    const posted =
      attachment === null
        ? await calls.say(answered, renderMessage(reply, context), context.signal)
        : await calls.sendFile(answered, attachment, caption, context.signal);
    // A file that the platform does not take goes in its next form, and as a link at last.
    if (!posted.ok && posted.failure.kind === "refused" && attachment !== null)
      return { status: "too-large" };
    if (!posted.ok) return poster.toResult(posted.failure, { repeatable: false });
    return {
      chatId: posted.chatId,
      ...idOf(posted.value),
      edited: false,
      ...(attachment === null ? { restSent: true } : {}),
    };
  }

  async function sendNotice(notice: Notice, context: SendContext): Promise<SendResult> {
    const message = notice.index === null ? null : standingMessage(notice, notice.index);
    if (message !== null) {
      const caption = { ...renderCaption(notice.reply, context), keyboard: undefined };
      const edited =
        notice.count > 1
          ? await calls.editFile(message, failedAttachment(), caption, context.signal)
          : await calls.editText(message, renderMessage(notice.reply, context), context.signal);
      if (edited.ok || edited.failure.kind === "unchanged") {
        replaced.add(message);
        return { status: "sent", ref: writeRef({ ...message, edited: true }) };
      }
      if (!isGone(edited.failure)) return poster.toResult(edited.failure, { repeatable: true });
    }
    // Where it is about a result that stands there, it answers that.
    const result = notice.index === null ? readResultRef(notice.statusRef) : null;
    const place = placeOf(context.target);
    return sendWords(notice.reply, result === null ? place : answerTo(place, result), context);
  }

  return { sendResult, sendNotice };
}

/** The message that a result or a notice takes the place of, if one was ever sent. */
function standingMessage({ count, statusRef }: Result | Notice, index: number): MessageId | null {
  const status = readStatusRef(statusRef);
  const messageId = count > 1 ? status?.tileIds?.[index] : status?.messageId;
  return status === null || messageId === undefined ? null : { chatId: status.chatId, messageId };
}
