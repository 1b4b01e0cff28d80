import type { Actor, Answer } from "../../core/conversation/intents.ts";
import type { Reply } from "../../core/conversation/text.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Members } from "../../core/usage/members.ts";
import { callSignal, type TelegramApi } from "./api.ts";
import type { Calls, MessageId } from "./calls.ts";
import { failureFields, isOldQuery } from "./errors.ts";
import { ANSWER_CHARS } from "./limits.ts";
import { isGone } from "./post.ts";
import { type Reading, renderCaption, renderLine, renderMessage } from "./render.ts";
import type { IncomingPress } from "./updates.ts";

/** How long a click waits for words to show; the platform gives up on it after some ten seconds. */
const TOAST_WAIT_MS = 300;

/**
 * Answers clicks. The spinner on the button ends at once: with words where they are there in time, else without.
 * A message is changed in place directly, because the click wants to see it.
 */
export interface Presses {
  /** Gives back what is still to be told by a message. */
  answer(press: IncomingPress, actor: Actor, answering: Promise<Answer>): Promise<Answer>;
}

export interface PressesOptions {
  readonly api: TelegramApi;
  readonly calls: Calls;
  readonly members: Members;
  /** The first is the fallback. */
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

export function createPresses({ api, calls, members, languages, clock, log }: PressesOptions): Presses {
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
    if (!reply.private || reply.buttons || reply.asksFor) return null;
    const text = renderLine(reply, await readingOf(actor), Number.MAX_SAFE_INTEGER);
    return text.length <= ANSWER_CHARS ? { text, isAlert: true } : null;
  }

  async function replace(press: IncomingPress, actor: Actor, reply: Reply): Promise<boolean> {
    if (!press.message) return false;
    const message: MessageId = { chatId: press.message.chat.id, messageId: press.message.message_id };
    const reading = await readingOf(actor);
    const signal = new AbortController().signal;
    const asText = () => calls.editText(message, renderMessage(reply, reading), signal);
    const asCaption = () => calls.editCaption(message, renderCaption(reply, reading), signal);
    const ways = press.message.text ? [asText, asCaption] : [asCaption, asText];
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
      if (words !== null && shown) return { status: "nothing" };
      if (answer.status !== "replace") return answer;
      return (await replace(press, actor, answer.reply)) ? { status: "nothing" } : answer;
    },
  };
}
