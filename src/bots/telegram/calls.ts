import { callSignal, type TelegramApi, uploadSignal } from "./api.ts";
import type { Attachment } from "./attachments.ts";
import type { Failure } from "./errors.ts";
import { PLACEHOLDER_CHARS } from "./limits.ts";
import type { Place } from "./place.ts";
import type { Attempt, Posted, Poster } from "./post.ts";
import { idOf } from "./refs.ts";
import type { Rendered } from "./render.ts";

/** The few ways in which words and files reach a chat, all in HTML and without link previews. */
export interface Calls {
  /** `asks`: opens the member's keyboard for an answer, unless there are buttons. */
  say(place: Place, rendered: Rendered, signal: AbortSignal, asks?: Asking): Promise<Posted<number>>;
  sendFile(
    place: Place,
    attachment: Attachment,
    caption: Rendered,
    signal: AbortSignal,
    asks?: Asking,
  ): Promise<Posted<number>>;
  editText(message: MessageId, rendered: Rendered, signal: AbortSignal): Promise<Attempt<unknown>>;
  editCaption(message: MessageId, caption: Rendered, signal: AbortSignal): Promise<Attempt<unknown>>;
  /** Puts a file where words or another file stood. A member of an album takes no keyboard. */
  editFile(
    message: MessageId,
    attachment: Attachment,
    caption: Rendered,
    signal: AbortSignal,
  ): Promise<Attempt<unknown>>;
  /** Words that come after a message which stands already: a lost answer counts as told. */
  follow(place: Place, html: string, signal: AbortSignal): Promise<Followed>;
  remove(message: MessageId, signal: AbortSignal): Promise<Attempt<unknown>>;
}

/** `failure` is only what certainly did not happen yet. */
export type Followed =
  | { readonly failure: Failure }
  | { readonly failure: null; readonly messageId?: number };

export interface Asking {
  /** Shown in the empty field; where there is none, empty. */
  readonly placeholder: string;
}

export interface MessageId {
  readonly chatId: number;
  readonly messageId: number;
}

const HTML = { parse_mode: "HTML" } as const;
const WORDS = { ...HTML, link_preview_options: { is_disabled: true } } as const;

export function createCalls(api: TelegramApi, poster: Poster): Calls {
  function say(
    place: Place,
    rendered: Rendered,
    signal: AbortSignal,
    asks?: Asking,
  ): Promise<Posted<number>> {
    return poster.post(place, async (where) => {
      const words = { ...where, text: rendered.html, ...WORDS, ...markupOf(rendered, asks) };
      return (await api.sendMessage(words, callSignal(signal))).message_id;
    });
  }

  return {
    say,
    sendFile: (place, { type, media, ...facts }, caption, signal, asks) =>
      poster.post(place, async (where) => {
        const common = { ...where, ...facts, caption: caption.html, ...HTML, ...markupOf(caption, asks) };
        const deadline = uploadSignal(signal);
        switch (type) {
          case "photo":
            return (await api.sendPhoto({ ...common, photo: media }, deadline)).message_id;
          case "video":
            return (await api.sendVideo({ ...common, video: media }, deadline)).message_id;
          case "document":
            return (await api.sendDocument({ ...common, document: media }, deadline)).message_id;
        }
      }),
    editText: (message, rendered, signal) =>
      poster.attempt(message.chatId, () =>
        api.editMessageText(
          { ...idsOf(message), text: rendered.html, ...WORDS, ...keyboardOf(rendered) },
          callSignal(signal),
        ),
      ),
    editCaption: (message, caption, signal) =>
      poster.attempt(message.chatId, () =>
        api.editMessageCaption(
          { ...idsOf(message), caption: caption.html, ...HTML, ...keyboardOf(caption) },
          callSignal(signal),
        ),
      ),
    editFile: (message, attachment, caption, signal) =>
      poster.attempt(message.chatId, () =>
        api.editMessageMedia(
          {
            ...idsOf(message),
            media: { ...attachment, caption: caption.html, ...HTML },
            ...keyboardOf(caption),
          },
          uploadSignal(signal),
        ),
      ),
    async follow(place, html, signal) {
      const posted = await say(place, { html, rest: null, keyboard: undefined }, signal);
      if (posted.ok) return { failure: null, ...idOf(posted.value) };
      const { kind } = posted.failure;
      return { failure: kind === "flood" || kind === "not-done" ? posted.failure : null };
    },
    remove: (message, signal) =>
      poster.attempt(message.chatId, () => api.deleteMessage(idsOf(message), callSignal(signal))),
  };
}

function idsOf({ chatId, messageId }: MessageId): { chat_id: number; message_id: number } {
  return { chat_id: chatId, message_id: messageId };
}

/** Buttons, else the field for the answer. */
function markupOf(rendered: Rendered, asks: Asking | undefined) {
  const isQuestion = asks !== undefined && rendered.keyboard === undefined;
  return isQuestion ? forcedReply(asks) : keyboardOf(rendered);
}

/** For the one whose message is answered, in a group. */
function forcedReply({ placeholder }: Asking) {
  const field = placeholder.slice(0, PLACEHOLDER_CHARS).trim();
  return {
    reply_markup: {
      force_reply: true as const,
      selective: true,
      ...(field === "" ? {} : { input_field_placeholder: field }),
    },
  };
}

function keyboardOf({ keyboard }: Rendered): { reply_markup?: NonNullable<Rendered["keyboard"]> } {
  return keyboard === undefined ? {} : { reply_markup: keyboard };
}
