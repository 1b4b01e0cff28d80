import type { Part } from "./body.ts";
import { createFileStore, type FileStore } from "./files.ts";
import { createUpdates, type Updates } from "./updates.ts";
import { badRequest, type Chat, type Json, type Message, type Params, Refusal, type User } from "./wire.ts";

export type BotStatus = "member" | "administrator" | "kicked" | "blocked";

/** One chat as the emulated servers hold it. */
export interface ChatState {
  chat: Chat;
  botStatus: BotStatus;
  migratedTo: number | undefined;
  /** Members other than the bot are hidden from getChatMember. */
  hiddenMembers: boolean;
  /** Videos are answered with message_id 0 and appear later, as in a very big chat. */
  schedulesVideos: boolean;
  lastMessageId: number;
  readonly messages: Map<number, Message>;
  /** Forum topics by thread id; the General topic is not among them. */
  readonly topics: Map<number, string>;
  readonly members: Map<number, "creator" | "administrator" | "member" | "left">;
}

/** One thing that the bot changed, in order; what invariants are checked against. */
export interface Effect {
  readonly kind: "sent" | "edited" | "deleted" | "answered" | "action" | "commands";
  readonly method: string;
  readonly requestId: number;
  /** Milliseconds of the emulator's clock. */
  readonly at: number;
  readonly chat?: number;
  readonly messageId?: number;
  readonly text?: string;
  readonly mediaSha256?: string;
  readonly detail?: string;
}

export interface CallbackAnswer {
  readonly text: string | undefined;
  readonly showAlert: boolean;
  readonly url: string | undefined;
}

export interface PendingCallback {
  readonly createdMs: number;
  readonly answer: (answer: CallbackAnswer) => void;
}

export interface World {
  readonly now: () => number;
  readonly me: User;
  readonly users: Map<number, User>;
  readonly chats: Map<number, ChatState>;
  readonly files: FileStore;
  readonly updates: Updates;
  readonly effects: Effect[];
  readonly callbacks: Map<string, PendingCallback>;
  /** Command lists by scope and language. */
  readonly commands: Map<string, readonly Json[]>;
  readonly callbackTtlMs: number;
  /** The folder of a server that runs with --local, which names files by their place on its disk. */
  localFolder: string | undefined;
}

/** One call of the bot, on its way through a method. */
export interface Call {
  readonly world: World;
  readonly method: string;
  readonly requestId: number;
  readonly params: Params;
  readonly parts: readonly Part[];
  readonly gone: AbortSignal;
  /** Takes `weight` messages from the rate limits of a chat; throws the 429. */
  readonly spend: (chat: Chat, weight: number) => void;
  readonly violate: (detail: string) => void;
}

export interface WorldOptions {
  readonly now: () => number;
  readonly callbackTtlMs: number;
  readonly webhookRetryMs: number;
}

export function createWorld(options: WorldOptions): World {
  return {
    now: options.now,
    me: { id: 7_000_000_001, is_bot: true, first_name: "Easel", username: "easel_test_bot" },
    users: new Map(),
    chats: new Map(),
    files: createFileStore(options.now),
    updates: createUpdates(options.now, options.webhookRetryMs),
    effects: [],
    callbacks: new Map(),
    commands: new Map(),
    callbackTtlMs: options.callbackTtlMs,
    localFolder: undefined,
  };
}

export function newChat(chat: Chat, botStatus: BotStatus): ChatState {
  return {
    chat,
    botStatus,
    migratedTo: undefined,
    hiddenMembers: false,
    schedulesVideos: false,
    lastMessageId: 0,
    messages: new Map(),
    topics: new Map(),
    members: new Map(),
  };
}

/** The chat that a call names, if the bot may reach it. */
export function reachChat(world: World, chatId: Json | undefined): ChatState {
  const state = findChat(world, chatId);
  if (state.migratedTo !== undefined)
    throw new Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: state.migratedTo,
    });
  if (state.botStatus === "blocked") throw new Refusal(403, "Forbidden: bot was blocked by the user");
  if (state.botStatus === "kicked")
    throw new Refusal(403, `Forbidden: bot was kicked from the ${state.chat.type} chat`);
  return state;
}

export function findChat(world: World, chatId: Json | undefined): ChatState {
  if (chatId === undefined || chatId === "") throw badRequest("chat_id is empty");
  if (typeof chatId === "string") {
    const named = [...world.chats.values()].find(({ chat }) => `@${chat.username ?? ""}` === chatId);
    if (named === undefined || named.chat.type === "private") throw badRequest("chat not found");
    return named;
  }
  const state = typeof chatId === "number" ? world.chats.get(chatId) : undefined;
  if (state !== undefined) return state;
  if (typeof chatId === "number" && world.users.has(chatId))
    throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
  throw badRequest("chat not found");
}

export function nowSeconds(world: World): number {
  return Math.floor(world.now() / 1_000);
}

export function record(call: Call, effect: Omit<Effect, "method" | "requestId" | "at">): void {
  call.world.effects.push({
    ...effect,
    method: call.method,
    requestId: call.requestId,
    at: call.world.now(),
  });
}
