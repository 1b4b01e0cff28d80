import { isDeepStrictEqual } from "node:util";
import { parseCaption, parseInputMedia, parseKeyboard, parseMessageText } from "./content.ts";
import { listOf, numberOf, objectOf } from "./params.ts";
import { badRequest, type Content, type Keyboard, type Message, Refusal } from "./wire.ts";
import { type Call, type ChatState, nowSeconds, reachChat, record } from "./world.ts";

/** A message can be deleted for 48 hours. Source: Bot API, deleteMessage, read 2026-11. */
const DELETABLE_SECONDS = 48 * 3_600;

interface Target {
  readonly state: ChatState;
  readonly message: Message;
}

function target(call: Call): Target {
  if (call.params["inline_message_id"] !== undefined) throw badRequest("inline messages are not emulated");
  const state = reachChat(call.world, call.params["chat_id"]);
  const id = numberOf(call.params, "message_id");
  if (id === undefined || id === 0) throw badRequest("message identifier is not specified");
  const message = state.messages.get(id);
  if (message === undefined) throw badRequest("message to edit not found");
  if (message.from?.id !== call.world.me.id) throw badRequest("message can't be edited");
  return { state, message };
}

export function editMessageText(call: Call): Message {
  const { state, message } = target(call);
  if (call.params["text"] === undefined) throw badRequest("message text is empty");
  const content = parseMessageText(call.params);
  if (message.text === undefined) throw badRequest("there is no text in the message to edit");
  return replace(call, state, message, content, undefined);
}

export function editMessageCaption(call: Call): Message {
  const { state, message } = target(call);
  const caption = parseCaption(call.params);
  if (message.media_group_id !== undefined && call.params["reply_markup"] !== undefined)
    call.violate("a keyboard on a member of an album");
  if (message.text !== undefined) throw badRequest("there is no caption in the message to edit");
  const { caption: _, caption_entities: __, ...kept } = contentPart(message);
  return replace(call, state, message, { ...kept, ...caption }, undefined);
}

export function editMessageMedia(call: Call): Message {
  const { state, message } = target(call);
  const media = parseInputMedia(call, objectOf(call.params, "media") ?? {});
  if (message.media_group_id !== undefined) {
    if (call.params["reply_markup"] !== undefined) call.violate("a keyboard on a member of an album");
    const documents = message.document !== undefined;
    if (documents !== (media.file.kind === "document"))
      throw badRequest("message content type can't be changed in an album");
  }
  return replace(call, state, message, media.content, media.file.sha256);
}

export function editMessageReplyMarkup(call: Call): Message {
  const { state, message } = target(call);
  return replace(call, state, message, contentPart(message), undefined);
}

function contentPart(message: Message): Content {
  const { text, entities, caption, caption_entities, photo, video, document, has_media_spoiler } = message;
  return {
    ...(text === undefined ? {} : { text }),
    ...(entities === undefined ? {} : { entities }),
    ...(caption === undefined ? {} : { caption }),
    ...(caption_entities === undefined ? {} : { caption_entities }),
    ...(photo === undefined ? {} : { photo }),
    ...(video === undefined ? {} : { video }),
    ...(document === undefined ? {} : { document }),
    ...(has_media_spoiler === undefined ? {} : { has_media_spoiler }),
  };
}

/** Puts new content into a message. A keyboard that is not given is taken away. */
function replace(
  call: Call,
  state: ChatState,
  message: Message,
  content: Content,
  mediaSha256: string | undefined,
): Message {
  const keyboard: Keyboard | undefined = parseKeyboard(call.params);
  const { link_preview_options: _, ...comparable } = content;
  if (
    isDeepStrictEqual(comparable, contentPart(message)) &&
    isDeepStrictEqual(keyboard, message.reply_markup)
  )
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  call.spend(state.chat, 1);
  const {
    message_id,
    chat,
    date,
    from,
    reply_to_message,
    message_thread_id,
    is_topic_message,
    media_group_id,
  } = message;
  const edited: Message = {
    message_id,
    chat,
    date,
    edit_date: nowSeconds(call.world),
    ...(from === undefined ? {} : { from }),
    ...(reply_to_message === undefined ? {} : { reply_to_message }),
    ...(message_thread_id === undefined ? {} : { message_thread_id }),
    ...(is_topic_message === undefined ? {} : { is_topic_message }),
    ...(media_group_id === undefined ? {} : { media_group_id }),
    ...content,
    ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
  };
  state.messages.set(message_id, edited);
  const text = content.text ?? content.caption;
  record(call, {
    kind: "edited",
    chat: chat.id,
    messageId: message_id,
    ...(text === undefined ? {} : { text }),
    ...(mediaSha256 === undefined ? {} : { mediaSha256 }),
  });
  return edited;
}

export function deleteMessage(call: Call): true {
  const state = reachChat(call.world, call.params["chat_id"]);
  const id = numberOf(call.params, "message_id") ?? 0;
  if (!state.messages.has(id)) throw badRequest("message to delete not found");
  if (!remove(call, state, id)) throw badRequest("message can't be deleted for everyone");
  return true;
}

export function deleteMessages(call: Call): true {
  const state = reachChat(call.world, call.params["chat_id"]);
  const ids = listOf(call.params, "message_ids") ?? [];
  if (ids.length === 0 || ids.length > 100)
    throw new Refusal(400, "Bad Request: message identifiers are not specified");
  for (const id of ids) if (typeof id === "number") remove(call, state, id);
  return true;
}

function remove(call: Call, state: ChatState, id: number): boolean {
  const message = state.messages.get(id);
  if (message === undefined) return false;
  const own = message.from?.id === call.world.me.id;
  const allowed = own || state.chat.type === "private" || state.botStatus === "administrator";
  if (!allowed || nowSeconds(call.world) - message.date > DELETABLE_SECONDS) return false;
  state.messages.delete(id);
  record(call, { kind: "deleted", chat: state.chat.id, messageId: id });
  return true;
}
