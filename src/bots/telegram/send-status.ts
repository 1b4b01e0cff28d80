import type { Clock } from "../../core/ports/clock.ts";
import type { Outgoing, SendContext, SendResult } from "../../core/ports/messenger.ts";
import type { SendTiles } from "./album.ts";
import type { Announce } from "./announce.ts";
import { LONG_WAIT_MS } from "./announce.ts";
import type { Calls } from "./calls.ts";
import { placeOf } from "./place.ts";
import { isGone, type Poster } from "./post.ts";
import { idOf, readResultRef, readStatusRef, type StatusRef, writeRef } from "./refs.ts";
import { renderMessage } from "./render.ts";
import type { Replaced } from "./replaced.ts";

type Status = Extract<Outgoing, { kind: "status" }>;

export interface StatusSenderOptions {
  readonly calls: Calls;
  readonly sendTiles: SendTiles;
  readonly announce: Announce;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly replaced: Replaced;
}

/**
 * The status message: sent once, edited from then on. A batch begins with an album of placeholders; the words
 * with the buttons follow it, because an album has no keyboard.
 */
export function createStatusSender(options: StatusSenderOptions) {
  const { calls, sendTiles, announce, poster, clock, replaced } = options;

  async function send(status: Status, context: SendContext): Promise<SendResult> {
    const place = placeOf(context.target);
    const known = readStatusRef(context.ref);
    if (known?.messageId !== undefined) return edit(status, context, known, known.messageId);
    // Nothing is under way any more: what came of it is a message of its own.
    if (known === null && status.finished && status.tiles < 2) return { status: "sent", ref: null };
    let ref: StatusRef | null = known;
    if (status.tiles > 1 && ref?.tileIds === undefined) {
      const album = await sendTiles(place, status.tiles, context.signal);
      if (!album.ok) return poster.toResult(album.failure, { repeatable: false });
      ref = { chatId: album.chatId, tileIds: album.value };
    }
    const posted = await calls.say(place, renderMessage(status.reply, context), context.signal);
    if (posted.ok)
      return { status: "sent", ref: writeRef({ ...ref, chatId: posted.chatId, ...idOf(posted.value) }) };
    return poster.toResult(posted.failure, {
      repeatable: false,
      ...(ref === null ? {} : { ref: writeRef(ref) }),
    });
  }

  async function edit(
    status: Status,
    context: SendContext,
    ref: StatusRef,
    messageId: number,
  ): Promise<SendResult> {
    const message = { chatId: ref.chatId, messageId };
    const result = readResultRef(status.resultRef);
    const isReplaced = result?.edited === true && result.messageId === messageId;
    if (isReplaced || replaced.has(message)) return { status: "sent", ref: writeRef(ref) };
    const edited = await calls.editText(message, renderMessage(status.reply, context), context.signal);
    // Where the message is gone, or a result has taken its place, there is nothing left to tell.
    if (!edited.ok && !isGone(edited.failure) && edited.failure.kind !== "unchanged")
      return poster.toResult(edited.failure, { repeatable: true, ref: writeRef(ref) });
    const isLong = clock.now() - context.firstTriedAt > LONG_WAIT_MS;
    if (!status.finished || status.tiles < 2 || ref.announced || !isLong)
      return { status: "sent", ref: writeRef(ref) };
    const failure = await announce(status.reply, ref, context);
    if (failure !== null) return poster.toResult(failure, { repeatable: false, ref: writeRef(ref) });
    return { status: "sent", ref: writeRef({ ...ref, announced: true }) };
  }

  return send;
}
