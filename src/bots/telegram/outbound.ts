import { unreachable } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Messenger } from "../../core/ports/messenger.ts";
import { createAlbum } from "./album.ts";
import { createAmender } from "./amend.ts";
import { createCardAmender } from "./amend-card.ts";
import { createAnnounce } from "./announce.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import { createCalls } from "./calls.ts";
import type { Cards } from "./cards.ts";
import { GROUP_PACE, LIMITS } from "./limits.ts";
import type { OpenPicture } from "./open-picture.ts";
import { chatWith, placeOf } from "./place.ts";
import type { Poster } from "./post.ts";
import { createRemover } from "./remove.ts";
import { createReplaced } from "./replaced.ts";
import { createCardSender } from "./send-card.ts";
import { createResultSender } from "./send-result.ts";
import { createStatusSender } from "./send-status.ts";
import { createWordSender, type StartFirst } from "./send-words.ts";

/** A chat action shows for 5 s. */
const HINT_EVERY_MS = 5_000;
const HINTS_KEPT = 1_000;
/** In a crowd most go without: answers matter more than signs of work. */
const HINTS_PER_SECOND = 5;

export interface MessengerOptions {
  readonly api: TelegramApi;
  readonly poster: Poster;
  readonly cards: Cards;
  readonly clock: Clock;
  readonly startFirst: StartFirst;
  /** What an empty field shows while words are asked for. */
  readonly placeholder: (asksFor: string, language: string) => string;
  readonly openPicture: OpenPicture;
}

export function createMessenger(options: MessengerOptions): Messenger {
  const { api, poster, cards, clock, startFirst, placeholder, openPicture } = options;
  const hintedAt = new Map<number, number>();
  let recentHints: number[] = [];
  const calls = createCalls(api, poster);
  const announce = createAnnounce(calls);
  const replaced = createReplaced();
  const sendStatus = createStatusSender({
    calls,
    sendTiles: createAlbum(api, poster),
    announce,
    poster,
    clock,
    replaced,
  });
  const { sendWords, sendReply, sendOriginal, orHint } = createWordSender({
    calls,
    poster,
    sendCard: createCardSender(calls, poster, cards),
    startFirst,
    placeholder,
  });
  const remove = createRemover(calls, poster);
  const amend = createAmender(calls, poster, createCardAmender(calls, poster, cards));
  const { sendResult, sendNotice } = createResultSender({
    calls,
    announce,
    poster,
    sendWords,
    replaced,
  });

  return {
    platform: "telegram",
    limits: LIMITS,
    chatPace: (target) => (placeOf(target).group ? GROUP_PACE : LIMITS.pace.chat),
    async send(outgoing, context) {
      switch (outgoing.kind) {
        case "status":
          return orHint(await sendStatus(outgoing, context), placeOf(context.target), context);
        case "result":
          return sendResult(outgoing, context);
        case "notice":
          return sendNotice(outgoing, context);
        case "reply":
          return sendReply(outgoing, context);
        case "original":
          return sendOriginal(outgoing, context);
        case "amend":
          return amend(outgoing, context);
        case "removal":
          return remove(outgoing, context);
        default:
          return unreachable(outgoing);
      }
    },
    openPicture,
    privateTarget: chatWith,
    hint(target, kind) {
      const { chatId, topicId } = placeOf(target);
      const nowMs = clock.monotonicMs();
      if (nowMs - (hintedAt.get(chatId) ?? -HINT_EVERY_MS) < HINT_EVERY_MS) return;
      recentHints = recentHints.filter((atMs) => nowMs - atMs < 1_000);
      if (recentHints.length >= HINTS_PER_SECOND) return;
      recentHints.push(nowMs);
      if (hintedAt.size >= HINTS_KEPT) hintedAt.clear();
      hintedAt.set(chatId, nowMs);
      void poster.attempt(chatId, () =>
        api.sendChatAction(
          {
            chat_id: poster.currentChat(chatId),
            action: kind === "video" ? "upload_video" : "upload_photo",
            ...(topicId === undefined ? {} : { message_thread_id: topicId }),
          },
          callSignal(),
        ),
      );
    },
  };
}
