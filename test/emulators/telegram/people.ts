import { detectEntities } from "./entities.ts";
import { contentOf, type StoredFile } from "./files.ts";
import type { MediaKind } from "./media.ts";
import { withoutReply } from "./send.ts";
import type { Delivery } from "./updates.ts";
import { type Chat, type ExternalReply, type Message, Refusal, type User } from "./wire.ts";
import { type CallbackAnswer, type ChatState, nowSeconds, type World } from "./world.ts";

export interface SendOptions {
  readonly user: User;
  readonly chat: Chat;
  readonly text?: string;
  /** A photo's bytes; the text becomes its caption. */
  readonly photo?: Buffer;
  /** A file's bytes, sent as a document. */
  readonly document?: Buffer;
  readonly video?: Buffer;
  /** A film without sound: its message has a document too. */
  readonly animation?: Buffer;
  /** Static, unless the file's name ends in `.tgs` or `.webm`. */
  readonly sticker?: Buffer;
  readonly fileName?: string;
  /** What the sender's app says a document is; read from the bytes otherwise. */
  readonly mime?: string;
  /** Thread id of a forum topic, as `topics` of the chat names them. */
  readonly topic?: number;
  readonly replyTo?: number;
  /** Answers a message of another chat. */
  readonly replyElsewhere?: Message | undefined;
  /** Speaks as a channel, or as the group itself (an anonymous administrator). */
  readonly asChannel?: Chat | "anonymous";
}

export interface Sent extends Delivery {
  readonly message: Message;
}

export interface AlbumOptions extends Omit<SendOptions, "text" | MediaKind> {
  readonly items: readonly Pick<SendOptions, MediaKind>[];
  readonly text?: string;
  /** Which item carries the words; the first. */
  readonly captionOn?: number;
}

export interface PressOptions {
  readonly user: User;
  readonly message: Message;
  /** Exact callback data; it must be on the message's keyboard unless `forged`. */
  readonly data?: string;
  /** The button with this text, else one whose text contains it. */
  readonly label?: string;
  readonly forged?: boolean;
}

export interface Pressed extends Delivery {
  readonly queryId: string;
  /** What the bot answered to the click. */
  readonly answer: Promise<CallbackAnswer>;
}

/** What the people in the chats do: everything here is an update for the bot. */
export interface People {
  send(options: SendOptions): Sent;
  /** Several files at once: a message, and an update, for each. */
  sendAlbum(options: AlbumOptions): readonly Sent[];
  /** The user edits an own message. */
  edit(options: { readonly message: Message; readonly text: string }): Sent;
  /** The same message comes once more, as after a lost confirmation. */
  repeat(sent: Sent): Sent;
  press(options: PressOptions): Pressed;
  /** Somebody deletes a message, also one of the bot's: no update tells it. */
  deleteMessage(chat: Chat, messageId: number): void;
  /** Makes somebody an administrator who may delete messages. */
  promote(chat: Chat, user: User): void;
  block(user: User): Delivery;
  unblock(user: User): Delivery;
  kick(chat: Chat, by: User): Delivery;
  /** Turns a group into a supergroup; the old id refuses everything from then on. */
  migrate(chat: Chat, by: User): Chat;
}

const ANONYMOUS: User = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};
const CHANNEL_BOT: User = { id: 136_817_688, is_bot: true, first_name: "Channel", username: "Channel_Bot" };

const FILE_KINDS = ["photo", "document", "video", "animation", "sticker"] as const;
const FILE_NAMES = {
  photo: "photo.jpg",
  document: "file.bin",
  video: "video.mp4",
  animation: "film.mp4",
  sticker: "sticker.webp",
} as const;

export function createPeople(world: World): People {
  let queries = 0;
  let albums = 0;

  function stateOf(chat: Chat): ChatState {
    const state = world.chats.get(chat.id);
    if (state === undefined) throw new Error(`the emulator has no chat ${chat.id}`);
    return state;
  }

  function append(state: ChatState, message: Omit<Message, "message_id" | "chat" | "date">): Message {
    state.lastMessageId += 1;
    const complete: Message = {
      message_id: state.lastMessageId,
      chat: state.chat,
      date: nowSeconds(world),
      ...message,
    };
    state.messages.set(complete.message_id, complete);
    return complete;
  }

  /** Privacy mode: in groups a bot sees commands for it, mentions of it and answers to it. */
  function reaches(message: Message): boolean {
    if (message.chat.type === "private" || message.chat.type === "channel") return true;
    if (stateOf(message.chat).botStatus === "administrator") return true;
    if (message.reply_to_message?.from?.id === world.me.id) return true;
    const text = message.text ?? message.caption ?? "";
    const name = `@${world.me.username ?? ""}`.toLowerCase();
    return detectEntities(text).some(({ type, offset, length }) => {
      const part = text.slice(offset, offset + length).toLowerCase();
      if (type === "mention") return part === name;
      return type === "bot_command" && (!part.includes("@") || part.endsWith(name));
    });
  }

  function undelivered(): Delivery {
    return { updateId: 0, sent: false, confirmed: Promise.withResolvers<number>().promise };
  }

  function deliver(message: Message, kind: "message" | "edited_message" | "channel_post"): Sent {
    const delivery = reaches(message) ? world.updates.push({ [kind]: message }) : undelivered();
    return { ...delivery, message };
  }

  function membership(chat: Chat, by: User, from: string, to: string): Delivery {
    return world.updates.push({
      my_chat_member: {
        chat,
        from: by,
        date: nowSeconds(world),
        old_chat_member: { user: world.me, status: from },
        new_chat_member: { user: world.me, status: to },
      },
    });
  }

  function storeFile(options: SendOptions): StoredFile | undefined {
    const kind = FILE_KINDS.find((candidate) => options[candidate] !== undefined);
    const bytes = kind === undefined ? undefined : options[kind];
    if (kind === undefined || bytes === undefined) return undefined;
    return world.files.add(kind, bytes, options.fileName ?? FILE_NAMES[kind], { mime: options.mime });
  }

  function externalReply(message: Message): ExternalReply {
    const { photo, video, document, animation, sticker } = message;
    return {
      origin: { type: "user", date: message.date, sender_user: message.from ?? world.me },
      chat: message.chat,
      message_id: message.message_id,
      ...(photo === undefined ? {} : { photo }),
      ...(video === undefined ? {} : { video }),
      ...(document === undefined ? {} : { document }),
      ...(animation === undefined ? {} : { animation }),
      ...(sticker === undefined ? {} : { sticker }),
    };
  }

  function send(options: SendOptions, albumId?: string): Sent {
    const { user, chat, text, topic, replyTo, replyElsewhere, asChannel } = options;
    const state = stateOf(chat);
    if (state.botStatus === "kicked") throw new Error("the bot is not in this chat");
    const answered = replyTo === undefined ? undefined : state.messages.get(replyTo);
    if (topic !== undefined && !state.topics.has(topic)) throw new Error(`no topic ${topic}`);
    const entities = detectEntities(text ?? "");
    const file = storeFile(options);
    const words =
      text === undefined
        ? {}
        : file === undefined
          ? { text, ...(entities.length === 0 ? {} : { entities }) }
          : { caption: text, ...(entities.length === 0 ? {} : { caption_entities: entities }) };
    const speaker =
      asChannel === undefined
        ? { from: user }
        : asChannel === "anonymous"
          ? { from: ANONYMOUS, sender_chat: state.chat }
          : { from: CHANNEL_BOT, sender_chat: asChannel };
    // Answers in a supergroup without topics carry a thread id too, but are no topic messages.
    const thread =
      topic ??
      (answered !== undefined && chat.type === "supergroup" && !chat.is_forum
        ? answered.message_id
        : undefined);
    const message = append(state, {
      ...(chat.type === "channel" ? { sender_chat: state.chat } : speaker),
      ...(thread === undefined ? {} : { message_thread_id: thread }),
      ...(topic === undefined ? {} : { is_topic_message: true as const }),
      ...(answered === undefined ? {} : { reply_to_message: withoutReply(answered) }),
      ...(replyElsewhere === undefined ? {} : { external_reply: externalReply(replyElsewhere) }),
      ...(albumId === undefined ? {} : { media_group_id: albumId }),
      ...words,
      ...(file === undefined ? {} : contentOf(file)),
    });
    return deliver(message, chat.type === "channel" ? "channel_post" : "message");
  }

  return {
    send: (options) => send(options),

    sendAlbum({ items, text, captionOn = 0, ...shared }) {
      albums += 1;
      const albumId = String(13_000_000_000_000_000 + albums);
      return items.map((item, index) =>
        send({ ...shared, ...item, ...(index === captionOn && text !== undefined ? { text } : {}) }, albumId),
      );
    },

    edit({ message, text }) {
      const state = stateOf(message.chat);
      const edited: Message = {
        ...message,
        text,
        entities: detectEntities(text),
        edit_date: nowSeconds(world),
      };
      state.messages.set(message.message_id, edited);
      return deliver(edited, "edited_message");
    },

    repeat: ({ message }) => deliver(message, "message"),
    deleteMessage(chat, messageId) {
      stateOf(chat).messages.delete(messageId);
    },
    promote(chat, user) {
      stateOf(chat).members.set(user.id, "administrator");
    },

    press({ user, message, data, label, forged = false }) {
      const state = stateOf(message.chat);
      const current = state.messages.get(message.message_id);
      const buttons = current?.reply_markup?.inline_keyboard.flat() ?? [];
      const button =
        data === undefined
          ? (buttons.find(({ text }) => text === label) ??
            buttons.find(({ text }) => text.includes(label ?? "")))
          : buttons.find(({ callback_data }) => callback_data === data);
      const chosen = forged ? data : button?.callback_data;
      if (chosen === undefined)
        throw new Error(
          `message ${message.message_id} has no button ${data ?? label ?? ""}; it has: ${buttons.map(({ text }) => text).join(", ")}`,
        );
      queries += 1;
      const queryId = `43810${String(queries).padStart(12, "0")}`;
      const { promise, resolve } = Promise.withResolvers<CallbackAnswer>();
      world.callbacks.set(queryId, { createdMs: world.now(), answer: resolve });
      const delivery = world.updates.push({
        callback_query: {
          id: queryId,
          from: user,
          message: current ?? { chat: state.chat, message_id: message.message_id, date: 0 },
          chat_instance: String(state.chat.id),
          data: chosen,
        },
      });
      return { ...delivery, queryId, answer: promise };
    },

    block(user) {
      const state = stateOf({ id: user.id, type: "private" });
      state.botStatus = "blocked";
      return membership(state.chat, user, "member", "kicked");
    },
    unblock(user) {
      const state = stateOf({ id: user.id, type: "private" });
      state.botStatus = "member";
      return membership(state.chat, user, "kicked", "member");
    },
    kick(chat, by) {
      stateOf(chat).botStatus = "kicked";
      return membership(chat, by, "member", "kicked");
    },

    migrate(chat, by) {
      const old = stateOf(chat);
      if (old.chat.type !== "group") throw new Refusal(400, "only a group becomes a supergroup");
      const id = -1_000_000_000_000 - Math.abs(chat.id);
      const fresh: ChatState = {
        ...old,
        chat: { ...old.chat, id, type: "supergroup" },
        messages: new Map(),
        lastMessageId: 0,
      };
      const farewell = append(old, { from: by, migrate_to_chat_id: id });
      old.migratedTo = id;
      world.chats.set(id, fresh);
      const welcome = append(fresh, { from: by, migrate_from_chat_id: chat.id });
      world.updates.push({ message: farewell });
      world.updates.push({ message: welcome });
      return fresh.chat;
    },
  };
}
