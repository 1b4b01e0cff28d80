import { type Media, parseInputMedia, parseKeyboard, parseMedia, parseMessageText } from "./content.ts";
import { asObject, flagOf, listOf, numberOf, objectOf, stringOf } from "./params.ts";
import { badRequest, type Content, type Message, type Params } from "./wire.ts";
import { type Call, type ChatState, nowSeconds, reachChat, record } from "./world.ts";

const ALBUM_MIN = 2;
const ALBUM_MAX = 10;

export function sendMessage(call: Call): Message {
  const state = reachChat(call.world, call.params["chat_id"]);
  const content = parseMessageText(call.params);
  return postOne(call, state, content, undefined);
}

export function sendMedia(kind: "photo" | "video" | "document"): (call: Call) => Message {
  return (call) => {
    const state = reachChat(call.world, call.params["chat_id"]);
    const media = parseMedia(call, kind, call.params, kind);
    return postOne(call, state, media.content, media);
  };
}

export function sendMediaGroup(call: Call): readonly Message[] {
  const state = reachChat(call.world, call.params["chat_id"]);
  const items = (listOf(call.params, "media") ?? []).map((item) =>
    parseInputMedia(call, asObject(item) ?? {}),
  );
  if (items.length < ALBUM_MIN) {
    call.violate(`an album of ${items.length}`);
    throw badRequest("there are not enough messages to send as an album");
  }
  if (items.length > ALBUM_MAX) throw badRequest("too many messages to send as an album");
  const documents = items.filter(({ file }) => file.kind === "document").length;
  if (documents !== 0 && documents !== items.length)
    throw badRequest("documents can't be mixed with other media types");
  const context = contextOf(call, state);
  call.spend(state.chat, items.length);
  const albumId = String(10_000_000_000_000_000n + BigInt(call.requestId));
  return items.map((item) => post(call, state, { ...item.content, media_group_id: albumId }, context, item));
}

function postOne(call: Call, state: ChatState, content: Content, media: Media | undefined): Message {
  const keyboard = parseKeyboard(call.params);
  const context = contextOf(call, state);
  call.spend(state.chat, 1);
  return post(
    call,
    state,
    { ...content, ...(keyboard === undefined ? {} : { reply_markup: keyboard }) },
    context,
    media,
  );
}

type Placement = Pick<Message, "reply_to_message" | "message_thread_id" | "is_topic_message">;

/** Where a message goes: which topic, and which message it answers. */
function contextOf(call: Call, state: ChatState): Placement {
  const { params, world } = call;
  const reply = objectOf(params, "reply_parameters");
  const replyTo = reply === undefined ? undefined : replyTarget(reply, state);
  const thread = numberOf(params, "message_thread_id");
  if (thread !== undefined) {
    const known = state.topics.has(thread) && state.chat.is_forum === true;
    if (!known) throw badRequest("message thread not found");
  }
  if (numberOf(params, "chat_id") !== undefined && world.me.id === state.chat.id)
    throw badRequest("bots can't send messages to themselves");
  // An answer without a thread lands where the answered message is.
  const topic = thread ?? (replyTo?.is_topic_message ? replyTo.message_thread_id : undefined);
  return {
    ...(replyTo === undefined ? {} : { reply_to_message: withoutReply(replyTo) }),
    ...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true }),
  };
}

function replyTarget(reply: Params, state: ChatState): Message | undefined {
  const target = state.messages.get(numberOf(reply, "message_id") ?? -1);
  if (target === undefined && !flagOf(reply, "allow_sending_without_reply"))
    throw badRequest("message to be replied not found");
  return target;
}

/** reply_to_message never carries its own reply_to_message. */
export function withoutReply(message: Message): Message {
  const { reply_to_message: _, ...rest } = message;
  return rest;
}

type Body = Content & Pick<Message, "reply_markup" | "media_group_id">;

function post(
  call: Call,
  state: ChatState,
  body: Body,
  placement: Placement,
  media: Media | undefined,
): Message {
  const { world } = call;
  state.lastMessageId += 1;
  const message: Message = {
    message_id: state.lastMessageId,
    from: world.me,
    chat: state.chat,
    date: nowSeconds(world),
    ...placement,
    ...body,
  };
  state.messages.set(message.message_id, message);
  const text = body.text ?? body.caption;
  record(call, {
    kind: "sent",
    chat: state.chat.id,
    messageId: message.message_id,
    ...(text === undefined ? {} : { text }),
    ...(media === undefined ? {} : { mediaSha256: media.file.sha256 }),
  });
  return state.schedulesVideos && message.video !== undefined ? { ...message, message_id: 0 } : message;
}

const ACTIONS = new Set(
  "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note".split(
    " ",
  ),
);

export function sendChatAction(call: Call): true {
  const state = reachChat(call.world, call.params["chat_id"]);
  const thread = numberOf(call.params, "message_thread_id");
  if (thread !== undefined && !state.topics.has(thread)) throw badRequest("message thread not found");
  const action = stringOf(call.params, "action") ?? "";
  if (!ACTIONS.has(action)) throw badRequest("wrong parameter action in request");
  record(call, { kind: "action", chat: state.chat.id, detail: action });
  return true;
}
