import type { Actor, Answer } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Members } from "../../core/usage/members.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import type { Calls, MessageId } from "./calls.ts";
import type { Cards } from "./cards.ts";
import type { ChangeCard } from "./change-card.ts";
import { failureFields, isOldQuery } from "./errors.ts";
import { ANSWER_CHARS } from "./limits.ts";
import { isGone } from "./post.ts";
import { type Reading, renderCaption, renderLine, renderMessage } from "./render.ts";
import type { IncomingPress } from "./updates.ts";

/** What is still to be told by a message. */
export interface Pressed {
  readonly left: Answer;
  /** Once that is committed: takes away what it replaces. */
  readonly after?: () => Promise<void>;
}

/** How long a click waits for words to show; the platform gives up on it after some ten seconds. */
const TOAST_WAIT_MS = 300;

/**
 * Answers clicks. The spinner on the button ends at once: with words where they are there in time, else without.
 * A message is changed in place directly, because the click wants to see it.
 */
export interface Presses {
  answer(press: IncomingPress, actor: Actor, answering: Promise<Answer>): Promise<Pressed>;
}

export interface PressesOptions {
  readonly api: TelegramApi;
  readonly calls: Pick<Calls, "editText" | "editCaption" | "remove">;
  readonly cards: Cards;
  readonly changeCard: ChangeCard;
  readonly members: Members;
  /** The first is the fallback. */
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

function hasButton({ reply_markup: keyboard }: NonNullable<IncomingPress["message"]>, data: string): boolean {
  return keyboard?.inline_keyboard.flat().some((button) => button.callback_data === data) ?? false;
}

export function createPresses(options: PressesOptions): Presses {
  const { api, calls, cards, changeCard, members, languages, clock, log } = options;

  async function answerQuery(id: string, text: string, isAlert: boolean): Promise<boolean> {
    try {
      await api.answerCallbackQuery(
        {
          callback_query_id: id,
          ...(text === "" ? {} : { text, show_alert: isAlert }),
        },
        callSignal(),
      );
      return true;
    } catch (error) {
      if (!isOldQuery(error)) log.warn("a click could not be answered", failureFields(error));
      return false;
    }
  }

  async function readingOf(actor: Actor): Promise<Reading> {
    const { settings } = await members.of(actor);
    const wanted = (settings.language ?? actor.locale ?? "").toLowerCase().split("-")[0];
    return {
      language: languages.find((language) => language.toLowerCase() === wanted) ?? languages[0] ?? "en",
      zone: settings.zone ?? "UTC",
    };
  }

  /** What a click can be told on the spot: words alone, short, for one person. */
  async function wordsOf(answer: Answer, actor: Actor): Promise<{ text: string; isAlert: boolean } | null> {
    if (answer.status === "toast") return { text: answer.text.slice(0, ANSWER_CHARS), isAlert: false };
    if (answer.status !== "reply") return null;
    const { reply } = answer;
    if (!reply.private || reply.buttons || reply.asksFor || reply.media) return null;
    const text = renderLine(reply, await readingOf(actor), Number.MAX_SAFE_INTEGER);
    return text.length <= ANSWER_CHARS ? { text, isAlert: true } : null;
  }

  /**
   * Words can become a file, but never the other way round: such a card, and one that cannot be changed, goes when
   * its successor is owed. A file that may be somebody's result stays, under new words.
   */
  async function replace(press: IncomingPress, actor: Actor, reply: Reply): Promise<Pressed> {
    const left = { status: "replace", reply } as const;
    const { message: pressed } = press;
    // What is pressed comes from the client: only a button that stands there speaks for its message.
    if (!pressed || !hasButton(pressed, press.data ?? "")) return { left };
    const message: MessageId = { chatId: pressed.chat.id, messageId: pressed.message_id };
    const isCard = cards.get(message) !== undefined;
    const hasFile = Boolean(pressed.photo ?? pressed.video ?? pressed.document);
    const reading = await readingOf(actor);
    const isChanged = reply.media
      ? await changeCard(message, reply, reading)
      : !isCard && (await changeWords(pressed, message, reply, reading));
    if (isChanged) return { left: { status: "nothing" } };
    const isGoing = isCard || (reply.media !== undefined && !hasFile);
    return isGoing ? { left, after: () => takeAway(message) } : { left };
  }

  async function takeAway(message: MessageId): Promise<void> {
    const signal = new AbortController().signal;
    const before = cards.get(message)?.before ?? [];
    for (const messageId of [...before.map((part) => part.messageId), message.messageId]) {
      const removed = await calls.remove({ chatId: message.chatId, messageId }, signal);
      if (!removed.ok) log.debug("a replaced message stays", { failure: removed.failure.kind });
    }
  }

  async function changeWords(
    pressed: NonNullable<IncomingPress["message"]>,
    message: MessageId,
    reply: Reply,
    reading: Reading,
  ): Promise<boolean> {
    const signal = new AbortController().signal;
    const asText = () => calls.editText(message, renderMessage(reply, reading), signal);
    const asCaption = () => calls.editCaption(message, renderCaption(reply, reading), signal);
    const ways = pressed.text ? [asText, asCaption] : [asCaption, asText];
    for (const way of ways) {
      const edited = await way();
      if (edited.ok || edited.failure.kind === "unchanged") return true;
      if (!isGone(edited.failure)) return false;
    }
    return false;
  }

  return {
    async answer(press, actor, answering) {
      const intime = await Promise.race([answering, clock.sleep(TOAST_WAIT_MS).then(() => null)]);
      const words = intime === null ? null : await wordsOf(intime, actor);
      const shown = await answerQuery(press.id, words?.text ?? "", words?.isAlert ?? false);
      const answer = await answering;
      if (words !== null && shown) return { left: { status: "nothing" } };
      return answer.status === "replace" ? replace(press, actor, answer.reply) : { left: answer };
    },
  };
}
